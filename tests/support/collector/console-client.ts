/** A technician or another person at the console's API, as the console's own page asks it. */
import { expect } from 'vitest';
import type { RunningCollector } from '../../../collector/src/server.ts';
import type { Role } from '../../../shared/console/access.ts';
import { invitationSchema } from '../../../shared/console/access.ts';

/** What the console's own page sends with every request. */
export const pageHeaders = { 'x-porthor-console': '1', 'sec-fetch-site': 'same-origin' } as const;
export const testPassword = 'correct horse battery';

export interface ConsoleClient {
  readonly headers: Readonly<Record<string, string>>;
  ask(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Undefined `cookie`: a visitor. */
export function consoleClient(address: string, cookie?: string): ConsoleClient {
  const headers = { ...pageHeaders, ...(cookie === undefined ? {} : { cookie }) };
  return {
    headers,
    ask: (method, path, body) =>
      fetch(address + path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
      }),
  };
}

/** The client of the session that an answer has opened. */
export function clientOf(address: string, answer: Response): ConsoleClient {
  expect(answer.status).toBe(204);
  return consoleClient(address, answer.headers.get('set-cookie')?.split(';')[0] ?? '');
}

/** What a press of the button on the printed address does. */
export async function signInByLink(
  collector: Pick<RunningCollector, 'address' | 'createConsoleAddress'>,
  schoolId?: string,
): Promise<ConsoleClient> {
  const code = new URL(await collector.createConsoleAddress(schoolId)).searchParams.get('code');
  const visitor = consoleClient(collector.address);
  return clientOf(collector.address, await visitor.ask('POST', '/api/links/use', { use: 'sign-in', code }));
}

/** A new account with these roles, invited and signed in. */
export async function signInAs(
  collector: Pick<RunningCollector, 'address' | 'createConsoleAddress'>,
  {
    name,
    roles,
    schoolId,
  }: { readonly name: string; readonly roles: readonly Role[]; readonly schoolId?: string },
): Promise<ConsoleClient> {
  const technician = await signInByLink(collector, schoolId);
  const invited = await technician.ask('POST', '/api/accounts', { name, signInName: name, roles });
  const { code } = invitationSchema.parse(await invited.json());
  const used = await consoleClient(collector.address).ask('POST', '/api/links/use', {
    use: 'set-password',
    code,
    password: testPassword,
  });
  return clientOf(collector.address, used);
}
