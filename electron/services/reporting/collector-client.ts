/** Speaks the collector's HTTP API: one method a call, a closed answer, a deadline on everything. */
import { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { maxUnpackedBytes } from '../../../shared/policy/pack-limits.ts';
import {
  acknowledgementsResponseSchema,
  batchMediaType,
  type EnrolmentRequest,
  type EnrolmentResponse,
  enrolmentResponseSchema,
  eventsResponseSchema,
  type KnownAcknowledgement,
  type ListedPolicy,
  policiesResponseSchema,
  problemMediaType,
  problemSchema,
} from '../../../shared/wire/collector-api.ts';
import {
  type MediaAnswer,
  mediaRegisterResponseSchema,
  type RegisterEntry,
} from '../../../shared/wire/media.ts';
import type { SendAnswer } from '../../domain/reporting/delivery.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** `net.fetch` of Electron in the product, so that the system's proxy and certificate store apply. */
export type Fetch = (
  url: string,
  init: {
    method: 'GET' | 'POST';
    headers: Record<string, string>;
    body?: string;
    signal: AbortSignal;
    /** A redirect is a portal or a wrong address; events and tokens do not follow it. */
    redirect: 'error';
    /**
     * Answers are checked before anything is kept. A cache of the system's would keep one that was spoilt on its way
     * beside a good tag, and give it again for as long as the collector says that nothing has changed.
     */
    cache: 'no-store';
  },
) => Promise<Response>;

type CollectorFailure = Exclude<SendAnswer, { kind: 'results' }>;

/** A failure with what the collector said about coming back. */
export type Failed = { readonly failure: CollectorFailure; readonly retryAfter: string | undefined };

export type RegisterQuestion = {
  readonly entityTag: string;
  /** Whose requests the answers are wanted for; empty while nobody is known to be signed in. */
  readonly accountKey: string;
};

/** `entityTag` goes with the next question; empty where the collector gives none. */
export type RegisterAnswer =
  | { readonly changed: false }
  | {
      readonly changed: true;
      readonly entries: readonly RegisterEntry[];
      readonly answers: readonly MediaAnswer[];
      readonly entityTag: string;
    };

export type CollectorClient = {
  readonly collectorUrl: string;
  enrol(request: EnrolmentRequest, deadlineMs: number): Promise<Result<EnrolmentResponse, Failed>>;
  sendBatch(
    agentToken: string,
    body: string,
    deadlineMs: number,
  ): Promise<{ readonly answer: SendAnswer; readonly retryAfter: string | undefined }>;
  knownAcknowledgements(
    agentToken: string,
    accountKey: string,
    deadlineMs: number,
  ): Promise<Result<readonly KnownAcknowledgement[], Failed>>;
  /** `entityTag` as it came with the register that is known already; empty where none is. */
  mediaRegister(
    agentToken: string,
    question: RegisterQuestion,
    deadlineMs: number,
  ): Promise<Result<RegisterAnswer, Failed>>;
  /** The policies in effect for an audience; `unchanged` where `entityTag` is still that of the list. Needs no token. */
  policyList(
    audience: string,
    entityTag: string | undefined,
    deadlineMs: number,
  ): Promise<
    Result<
      | { readonly kind: 'unchanged' }
      | { readonly kind: 'list'; readonly entityTag: string; readonly policies: readonly ListedPolicy[] },
      Failed
    >
  >;
  /** One pack as it came, checked by nobody yet. */
  policyPack(id: string, version: string, deadlineMs: number): Promise<Result<unknown, Failed>>;
  /** Breaks off every request that is under way; each is answered `no-answer`. */
  abortAll(): void;
};

const maxAnswerBytes = 2 * 1024 * 1024;
/** A pack is the largest answer that there is; beyond what its files may hold together it is none. */
const maxPackBytes = maxUnpackedBytes;
const maxReasonLength = 300;

type Request = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly deadlineMs: number;
  readonly maxBytes?: number;
};

/** An answer that came, whatever it says; `text` is undefined where it was larger than it may be. */
type Received = { readonly response: Response; readonly text: string | undefined };

/** `collectorUrl` may end with a path and a slash; the API's own paths are put behind it. */
export function createCollectorClient(options: {
  readonly collectorUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
}): CollectorClient {
  const { collectorUrl, fetch, clock } = options;
  const underWay = new Set<AbortController>();
  const base = collectorUrl.replace(/\/+$/u, '');

  /** An answer of whatever status, read to its end. */
  async function receive(request: Request): Promise<Result<Received, Failed>> {
    const abort = new AbortController();
    underWay.add(abort);
    const deadline = clock.setTimer(request.deadlineMs, () => {
      abort.abort(new Error(`no answer within ${request.deadlineMs} ms`));
    });
    try {
      const response = await fetch(base + request.path, {
        method: request.method,
        headers: { accept: `application/json, ${problemMediaType}`, ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: abort.signal,
        redirect: 'error',
        cache: 'no-store',
      });
      const text = await readLimited(response, request.maxBytes ?? maxAnswerBytes);
      // Nobody reads the rest, so the connection need not carry it.
      if (text === undefined) abort.abort();
      return succeed({ response, text });
    } catch (error) {
      const cause: unknown = abort.signal.aborted ? abort.signal.reason : error;
      return fail({ failure: { kind: 'no-answer', reason: reasonOf(cause) }, retryAfter: undefined });
    } finally {
      deadline();
      underWay.delete(abort);
    }
  }

  async function exchange<Schema extends z.ZodType>(
    request: Request,
    schema: Schema,
  ): Promise<Result<z.infer<Schema>, Failed>> {
    const received = await receive(request);
    return received.ok ? judge(received.value, schema, request.maxBytes) : received;
  }

  return {
    collectorUrl,
    enrol: (request, deadlineMs) =>
      exchange(
        {
          method: 'POST',
          path: '/v1/agents',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(request),
          deadlineMs,
        },
        enrolmentResponseSchema,
      ),
    async sendBatch(agentToken, body, deadlineMs) {
      const answer = await exchange(
        {
          method: 'POST',
          path: '/v1/events',
          headers: { 'content-type': batchMediaType, authorization: `Bearer ${agentToken}` },
          body,
          deadlineMs,
        },
        eventsResponseSchema,
      );
      return answer.ok
        ? { answer: { kind: 'results', results: answer.value.results }, retryAfter: undefined }
        : { answer: answer.error.failure, retryAfter: answer.error.retryAfter };
    },
    async knownAcknowledgements(agentToken, accountKey, deadlineMs) {
      const answer = await exchange(
        {
          method: 'GET',
          path: `/v1/acknowledgements?account=${encodeURIComponent(accountKey)}`,
          headers: { authorization: `Bearer ${agentToken}` },
          deadlineMs,
        },
        acknowledgementsResponseSchema,
      );
      return answer.ok ? succeed(answer.value.acknowledgements) : answer;
    },
    async mediaRegister(agentToken, { entityTag, accountKey }, deadlineMs) {
      const received = await receive({
        method: 'GET',
        path: `/v1/media-register${accountKey === '' ? '' : `?account=${encodeURIComponent(accountKey)}`}`,
        headers: {
          authorization: `Bearer ${agentToken}`,
          ...(entityTag === '' ? {} : { 'if-none-match': entityTag }),
        },
        deadlineMs,
      });
      if (!received.ok) return received;
      const { response } = received.value;
      if (response.status === 304 && entityTag !== '') return succeed({ changed: false });
      const judged = judge(received.value, mediaRegisterResponseSchema);
      return judged.ok
        ? succeed({
            changed: true,
            entries: judged.value.entries,
            answers: judged.value.answers ?? [],
            entityTag: response.headers.get('etag') ?? '',
          })
        : judged;
    },
    async policyList(audience, entityTag, deadlineMs) {
      const received = await receive({
        method: 'GET',
        path: `/v1/policies?audience=${encodeURIComponent(audience)}`,
        headers: entityTag === undefined ? {} : { 'if-none-match': entityTag },
        deadlineMs,
      });
      if (!received.ok) return received;
      if (received.value.response.status === 304 && entityTag !== undefined)
        return succeed({ kind: 'unchanged' });
      const list = judge(received.value, policiesResponseSchema);
      if (!list.ok) return list;
      const newTag = received.value.response.headers.get('etag') ?? '';
      return succeed({ kind: 'list', entityTag: newTag, policies: list.value.policies });
    },
    policyPack: (id, version, deadlineMs) =>
      exchange(
        {
          method: 'GET',
          path: `/v1/policies/${encodeURIComponent(id)}/${encodeURIComponent(version)}`,
          headers: {},
          deadlineMs,
          maxBytes: maxPackBytes,
        },
        z.json(),
      ),
    abortAll() {
      for (const abort of underWay) abort.abort(new Error('broken off'));
    },
  };
}

function judge<Schema extends z.ZodType>(
  { response, text }: Received,
  schema: Schema,
  maxBytes = maxAnswerBytes,
): Result<z.infer<Schema>, Failed> {
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  const json = text === undefined ? undefined : parseJson(text);
  if (response.status !== 200) {
    const isProblem = response.headers.get('content-type')?.startsWith(problemMediaType) === true;
    const problem = isProblem ? problemSchema.safeParse(json).data : undefined;
    const told = problem === undefined ? '' : `: ${problem.detail ?? problem.title}`;
    const reason = `the collector answered ${response.status}${told}`.slice(0, maxReasonLength);
    const { status } = response;
    return fail({ failure: { kind: 'status', status, problem: problem !== undefined, reason }, retryAfter });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return succeed(parsed.data);
  const reason =
    text === undefined ? `the answer is larger than ${maxBytes} bytes` : 'the answer is not the API’s';
  return fail({ failure: { kind: 'not-understood', reason }, retryAfter });
}

/** The body as text; undefined where it is larger than any answer of this API. */
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
      // Not waited for: Electron's own streams never say that they have been cancelled.
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
  // Node hides the network's own word one level down.
  const inner = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  return inner.slice(0, maxReasonLength);
}
