/** Talks to the collector's API under `/api/`: parses every answer, and turns every refusal into a `Refusal`. */
import { z } from 'zod';

const problemSchema = z.object({ status: z.int(), detail: z.string().optional() });

/** The collector refused, or no collector answered. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** 0 where no collector answered. */
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, detail: string, retryAfterSeconds?: number) {
    super(detail);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

async function send(method: string, address: string, body: unknown): Promise<Response> {
  const response = await fetch(address, {
    method,
    headers: {
      accept: 'application/json',
      // Another site's page cannot send this one.
      'x-porthor-console': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Refusal(0, error instanceof Error ? error.message : String(error));
  });
  if (response.ok) return response;
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new Refusal(
    response.status,
    problem.success ? (problem.data.detail ?? '') : '',
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

export async function ask<Schema extends z.ZodType>(
  schema: Schema,
  address: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<z.output<Schema>> {
  const response = await send('GET', withQuery(address, query), undefined);
  return schema.parse(await response.json());
}

/** For a call that answers nothing. */
export async function tell(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  address: string,
  body?: unknown,
): Promise<void> {
  await send(method, address, body);
}

export async function exchange<Schema extends z.ZodType>(
  schema: Schema,
  address: string,
  body: unknown,
): Promise<z.output<Schema>> {
  const response = await send('POST', address, body);
  return schema.parse(await response.json());
}

export function withQuery(address: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, value);
  }
  return parameters.size === 0 ? address : `${address}?${parameters.toString()}`;
}
