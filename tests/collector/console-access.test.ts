/** Signing in to the console: one-time links, passwords, sessions, and what keeps other sites and guessers out. */

import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import {
  accountListSchema,
  invitationSchema,
  sessionListSchema,
  sessionSchema,
} from '../../shared/console/access.ts';
import { startTestCollector, type TestCollector } from '../support/collector/collector.ts';
import {
  type ConsoleClient,
  clientOf,
  consoleClient,
  pageHeaders,
  signInAs,
  signInByLink,
  testPassword,
} from '../support/collector/console-client.ts';

const codeOf = async ({ collector }: TestCollector): Promise<string> =>
  new URL(await collector.createConsoleAddress()).searchParams.get('code') ?? '';

const me = async (client: ConsoleClient) =>
  sessionSchema.parse(await (await client.ask('GET', '/api/session')).json()).me;

const signIn = (address: string, signInName: string, password: string) =>
  consoleClient(address).ask('POST', '/api/session', { signInName, password });

describe('a one-time link', () => {
  it('is used up by its button alone, never by looking at it', async () => {
    const running = await startTestCollector();
    const code = await codeOf(running);
    const visitor = consoleClient(running.address);
    for (const method of ['GET', 'HEAD']) await fetch(`${running.address}/sign-in?code=${code}`, { method });
    for (let look = 0; look < 2; look += 1) {
      const looked = await visitor.ask('POST', '/api/links/look', { code });
      expect(await looked.json()).toEqual({ kind: 'technician', schoolName: '', name: '', signInName: '' });
    }
    const used = await visitor.ask('POST', '/api/links/use', { use: 'sign-in', code });
    expect(used.headers.get('set-cookie')).toMatch(
      /^porthor-console=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/u,
    );
    expect(await me(clientOf(running.address, used))).toMatchObject({ name: '', roles: ['technician'] });
    for (const place of ['look', 'use']) {
      const again = await visitor.ask(
        'POST',
        `/api/links/${place}`,
        place === 'use' ? { use: 'sign-in', code } : { code },
      );
      expect([place, again.status]).toEqual([place, 404]);
    }
  });

  it('opens one session when many requests use it at once', async () => {
    const running = await startTestCollector();
    const code = await codeOf(running);
    const visitor = consoleClient(running.address);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => visitor.ask('POST', '/api/links/use', { use: 'sign-in', code })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      204,
      ...Array.from({ length: 9 }, () => 404),
    ]);
  });

  it('fails after 10 minutes, and a session ends after 12 hours', async () => {
    let nowMs = Date.parse('2026-11-22T08:00:00Z');
    const running = await startTestCollector({ now: () => new Date(nowMs) });
    const [early, late] = [await codeOf(running), await codeOf(running)];
    const visitor = consoleClient(running.address);
    nowMs += 9 * 60_000;
    const technician = clientOf(
      running.address,
      await visitor.ask('POST', '/api/links/use', { use: 'sign-in', code: early }),
    );
    nowMs += 60_000;
    expect((await visitor.ask('POST', '/api/links/use', { use: 'sign-in', code: late })).status).toBe(404);
    nowMs += 11 * 3_600_000;
    expect((await technician.ask('GET', '/api/accounts')).status).toBe(200);
    nowMs += 3_600_000;
    expect((await technician.ask('GET', '/api/accounts')).status).toBe(401);
  });

  it('makes the first account, and a taken sign-in name leaves the link as it is', async () => {
    const running = await startTestCollector();
    const visitor = consoleClient(running.address);
    await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    const code = await codeOf(running);
    const create = (signInName: string) =>
      visitor.ask('POST', '/api/links/use', {
        use: 'create-account',
        code,
        name: 'Owain',
        signInName,
        password: testPassword,
      });
    expect((await create('MAIR')).status).toBe(409);
    const owain = clientOf(running.address, await create('owain@ysgol.example'));
    expect(await me(owain)).toMatchObject({ name: 'Owain', roles: ['technician'] });
    expect((await create('another')).status).toBe(404);
    expect((await signIn(running.address, 'Owain@Ysgol.example', testPassword)).status).toBe(204);
  });
});

describe('a password', () => {
  it('is needed as a whole, is kept as an argon2id hash alone, and a wrong one looks like an unknown name', async () => {
    const running = await startTestCollector();
    await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    const right = await signIn(running.address, ' mair ', testPassword);
    expect(right.status).toBe(204);
    const wrong = await signIn(running.address, 'mair', `${testPassword}!`);
    const unknown = await signIn(running.address, 'nobody', testPassword);
    expect([wrong.status, await wrong.text()]).toEqual([unknown.status, await unknown.text()]);
    const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), {
      readOnly: true,
    });
    const row = database.prepare('select password_hash from console_accounts').get();
    database.close();
    expect(String(row?.['password_hash'])).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u);
  });

  it('cannot be guessed: after 10 failures the name waits, also with the right one, and others do not', async () => {
    let nowMs = Date.now();
    const running = await startTestCollector({ now: () => new Date(nowMs) });
    await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    await signInAs(running.collector, { name: 'owain', roles: ['viewer'] });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await signIn(running.address, 'mair', 'wrong')).status).toBe(401);
    }
    const refused = await signIn(running.address, 'mair', testPassword);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn(running.address, 'owain', testPassword)).status).toBe(204);
    nowMs += 15 * 60_000 + 1000;
    expect((await signIn(running.address, 'mair', testPassword)).status).toBe(204);
  });

  it('is changed with the current one, and other sessions end', async () => {
    const running = await startTestCollector();
    const first = await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    const second = clientOf(running.address, await signIn(running.address, 'mair', testPassword));
    const change = (currentPassword: string) =>
      second.ask('POST', '/api/own/password', { currentPassword, newPassword: 'a quite different one' });
    expect((await change('wrong')).status).toBe(403);
    expect((await change(testPassword)).status).toBe(204);
    expect((await first.ask('GET', '/api/own/sessions')).status).toBe(401);
    expect((await second.ask('GET', '/api/own/sessions')).status).toBe(200);
    expect((await signIn(running.address, 'mair', testPassword)).status).toBe(401);
  });
});

describe('sessions', () => {
  it('are listed, ended one by one, and by signing out', async () => {
    const running = await startTestCollector();
    const first = await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    const second = clientOf(running.address, await signIn(running.address, 'mair', testPassword));
    const list = async (client: ConsoleClient) =>
      sessionListSchema.parse(await (await client.ask('GET', '/api/own/sessions')).json()).items;
    const listed = await list(second);
    expect(listed.map(({ isThisOne }) => isThisOne).sort()).toEqual([false, true]);
    const other = listed.find(({ isThisOne }) => !isThisOne)?.sessionId ?? '';
    expect((await second.ask('DELETE', `/api/own/sessions/${other}`)).status).toBe(204);
    expect((await first.ask('GET', '/api/own/sessions')).status).toBe(401);
    expect((await second.ask('DELETE', '/api/session')).status).toBe(204);
    expect((await second.ask('GET', '/api/own/sessions')).status).toBe(401);
  });

  it('are of their own account: another person cannot end them', async () => {
    const running = await startTestCollector();
    const mair = await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    const owain = await signInAs(running.collector, { name: 'owain', roles: ['viewer'] });
    const { items } = sessionListSchema.parse(await (await mair.ask('GET', '/api/own/sessions')).json());
    const ended = await owain.ask('DELETE', `/api/own/sessions/${items[0]?.sessionId ?? ''}`);
    expect(ended.status).toBe(404);
    expect((await mair.ask('GET', '/api/own/sessions')).status).toBe(200);
  });
});

describe('another site', () => {
  it('changes nothing, whichever way its page asks', async () => {
    const running = await startTestCollector();
    const { headers } = await signInByLink(running.collector);
    const { cookie = '' } = headers;
    const own = new URL(running.address).host;
    const { 'sec-fetch-site': _site, ...ownHeader } = pageHeaders;
    for (const [sent, status] of [
      [{}, 403],
      [{ 'sec-fetch-site': 'same-origin' }, 403],
      [{ ...ownHeader, 'sec-fetch-site': 'cross-site' }, 403],
      [{ ...ownHeader, 'sec-fetch-site': 'same-site' }, 403],
      [{ ...ownHeader, origin: 'https://evil.example' }, 403],
      [{ ...ownHeader, origin: 'null' }, 403],
      [{ ...ownHeader, origin: `http://${own}` }, 404],
      [ownHeader, 404],
    ] as const) {
      const answer = await fetch(`${running.address}/api/own/sessions/made-up`, {
        method: 'DELETE',
        headers: { cookie, ...sent },
      });
      expect([sent, answer.status]).toEqual([sent, status]);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('accounts', () => {
  const listOf = async (client: ConsoleClient) =>
    accountListSchema.parse(await (await client.ask('GET', '/api/accounts')).json()).items;

  it('are invited, changed, disabled and enabled, and each act is in the audit log with its person', async () => {
    const running = await startTestCollector();
    const owain = await signInAs(running.collector, { name: 'owain', roles: ['technician'] });
    const invited = await owain.ask('POST', '/api/accounts', {
      name: 'Mair',
      signInName: 'mair',
      roles: ['viewer'],
    });
    const { accountId, code } = invitationSchema.parse(await invited.json());
    const place = `/api/accounts/${accountId}`;
    expect((await listOf(owain)).find((one) => one.accountId === accountId)).toMatchObject({
      state: 'invited',
    });
    const visitor = consoleClient(running.address);
    const mair = clientOf(
      running.address,
      await visitor.ask('POST', '/api/links/use', { use: 'set-password', code, password: testPassword }),
    );
    expect((await mair.ask('GET', '/api/accounts')).status).toBe(403);
    for (const roles of [['technician'], ['viewer'], ['technician']]) {
      expect((await owain.ask('PATCH', place, { roles })).status).toBe(204);
    }
    expect((await mair.ask('GET', '/api/accounts')).status).toBe(200);
    expect((await owain.ask('PATCH', place, { disabled: true })).status).toBe(204);
    expect((await mair.ask('GET', '/api/accounts')).status).toBe(401);
    expect((await signIn(running.address, 'mair', testPassword)).status).toBe(401);
    expect((await owain.ask('PATCH', place, { disabled: false })).status).toBe(204);
    expect((await signIn(running.address, 'mair', testPassword)).status).toBe(204);

    const own = (await me(owain))?.accountId ?? '';
    const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), {
      readOnly: true,
    });
    const acts = database
      .prepare('select act, detail from audit where actor = ? and subject = ? order by position')
      .all(`account:${own}`, `account:${accountId}`);
    database.close();
    expect(acts.map(({ act, detail }) => `${String(act)} ${String(detail)}`.trim())).toEqual([
      'account-created viewer',
      'roles-changed technician',
      'roles-changed viewer',
      'roles-changed technician',
      'account-disabled',
      'account-enabled',
    ]);
  });

  it('a new link sets the password again and ends the earlier link and sessions', async () => {
    const running = await startTestCollector();
    const technician = await signInByLink(running.collector);
    const mair = await signInAs(running.collector, { name: 'mair', roles: ['viewer'] });
    const accountId = (await me(mair))?.accountId ?? '';
    const issue = async () =>
      invitationSchema.parse(await (await technician.ask('POST', `/api/accounts/${accountId}/link`)).json())
        .code;
    const [first, second] = [await issue(), await issue()];
    const visitor = consoleClient(running.address);
    const use = (code: string) =>
      visitor.ask('POST', '/api/links/use', { use: 'set-password', code, password: 'a quite different one' });
    expect((await use(first)).status).toBe(404);
    // A link of an account lets no person in without a password.
    expect((await visitor.ask('POST', '/api/links/use', { use: 'sign-in', code: second })).status).toBe(404);
    expect((await use(second)).status).toBe(204);
    expect((await mair.ask('GET', '/api/own/sessions')).status).toBe(401);
  });

  it('keep a technician from locking themselves out', async () => {
    const running = await startTestCollector();
    const owain = await signInAs(running.collector, { name: 'owain', roles: ['technician', 'viewer'] });
    const place = `/api/accounts/${(await me(owain))?.accountId ?? ''}`;
    expect((await owain.ask('PATCH', place, { disabled: true })).status).toBe(409);
    expect((await owain.ask('PATCH', place, { roles: ['viewer'] })).status).toBe(409);
    expect((await owain.ask('PATCH', place, { roles: ['technician'] })).status).toBe(204);
  });

  it.each([
    [{ name: ' ', signInName: 'mair', roles: ['viewer'] }],
    [{ name: 'Mair', signInName: 'with space', roles: ['viewer'] }],
    [{ name: 'Mair', signInName: 'mair', roles: [] }],
    [{ name: 'Mair', signInName: 'mair', roles: ['head'] }],
  ])('are refused: %j', async (account) => {
    const running = await startTestCollector();
    const technician = await signInByLink(running.collector);
    expect((await technician.ask('POST', '/api/accounts', account)).status).toBe(400);
  });
});
