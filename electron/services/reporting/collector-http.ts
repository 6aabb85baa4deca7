/** Sends one request to the collector and reads its answer: a deadline on everything, no redirect, a limited size. */
import type { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { problemMediaType, problemSchema } from '../../../shared/wire/collector-api.ts';
import type { SendAnswer } from '../../domain/reporting/delivery.ts';
import type { Fetch } from '../../platform/network/network-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

type CollectorFailure = Exclude<SendAnswer, { kind: 'results' }>;

/** A failure, with the collector's `Retry-After` header. */
export type Failed = { readonly failure: CollectorFailure; readonly retryAfter: string | undefined };

const maxAnswerBytes = 2 * 1024 * 1024;
const maxReasonLength = 300;

export type CollectorRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly deadlineMs: number;
  /** Largest body that is read, in bytes. */
  readonly maxBytes?: number;
};

/** An answer of any status; `text` is undefined where the body exceeds the limit. */
export type Received = { readonly response: Response; readonly text: string | undefined };

export class CollectorHttp {
  readonly #base: string;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  readonly #running = new Set<AbortController>();

  readonly #onAnswer: (headers: Headers) => void;

  /** `collectorUrl` may end with a path and a slash; the paths of the API follow it. */
  constructor(collectorUrl: string, fetch: Fetch, clock: Clock, onAnswer: (headers: Headers) => void) {
    this.#onAnswer = onAnswer;
    this.#base = collectorUrl.replace(/\/+$/u, '');
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** An answer of any status, read to its end. */
  async receive(request: CollectorRequest): Promise<Result<Received, Failed>> {
    const abort = new AbortController();
    this.#running.add(abort);
    const cancelDeadline = this.#clock.setTimer(request.deadlineMs, () => {
      abort.abort(new Error(`no answer within ${request.deadlineMs} ms`));
    });
    try {
      const response = await this.#fetch(this.#base + request.path, {
        method: request.method,
        headers: { accept: `application/json, ${problemMediaType}`, ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: abort.signal,
        redirect: 'error',
        cache: 'no-store',
      });
      const text = await readLimited(response, request.maxBytes ?? maxAnswerBytes);
      // The rest of an oversized body is of no use, so free the connection.
      if (text === undefined) abort.abort();
      this.#onAnswer(response.headers);
      return succeed({ response, text });
    } catch (error) {
      const cause: unknown = abort.signal.aborted ? abort.signal.reason : error;
      return fail({ failure: { kind: 'no-answer', reason: reasonOf(cause) }, retryAfter: undefined });
    } finally {
      cancelDeadline();
      this.#running.delete(abort);
    }
  }

  /** The body of a 200, parsed by `schema`. */
  async exchange<Schema extends z.ZodType>(
    request: CollectorRequest,
    schema: Schema,
  ): Promise<Result<z.infer<Schema>, Failed>> {
    const received = await this.receive(request);
    return received.ok ? parseAnswer(received.value, schema, request.maxBytes) : received;
  }

  /** Aborts every running request; each one fails with `no-answer`. */
  abortAll(): void {
    for (const abort of this.#running) abort.abort(new Error('aborted'));
  }
}

export function parseAnswer<Schema extends z.ZodType>(
  { response, text }: Received,
  schema: Schema,
  maxBytes = maxAnswerBytes,
): Result<z.infer<Schema>, Failed> {
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  const json = text === undefined ? undefined : parseJson(text);
  if (response.status !== 200) {
    const isProblem = response.headers.get('content-type')?.startsWith(problemMediaType) === true;
    const problem = isProblem ? problemSchema.safeParse(json).data : undefined;
    const detail = problem === undefined ? '' : `: ${problem.detail ?? problem.title}`;
    const reason = `the collector answered ${response.status}${detail}`.slice(0, maxReasonLength);
    const { status } = response;
    return fail({ failure: { kind: 'status', status, problem: problem !== undefined, reason }, retryAfter });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return succeed(parsed.data);
  const reason =
    text === undefined ? `the answer is larger than ${maxBytes} bytes` : 'the answer is not the API’s';
  return fail({ failure: { kind: 'not-understood', reason }, retryAfter });
}

/** The body as text; undefined where it exceeds `maxBytes`. */
async function readLimited(response: Response, maxBytes: number): Promise<string | undefined> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  if (body === null) return '';
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces).toString('utf8');
    bytes += value.length;
    if (bytes > maxBytes) {
      // Not awaited: `cancel` of Electron's streams never settles.
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
    pieces.push(value);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  // Node puts the network's own message into the cause.
  const inner = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  return inner.slice(0, maxReasonLength);
}
