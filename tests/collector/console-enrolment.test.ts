/** Enrolment in the console's API: tokens, addresses, installers, templates and codes for a stuck gate. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { breakGlassSchema, enrolmentSchema, issuedTokenSchema } from '../../shared/console/enrolment.ts';
import { spokenAlphabet } from '../../shared/lib/spoken-code.ts';
import { enrolmentRequest, postJson, startTestCollector } from '../support/collector/collector.ts';
import { type ConsoleClient, signInByLink } from '../support/collector/console-client.ts';

async function enrolmentOf(client: ConsoleClient) {
  return enrolmentSchema.parse(await (await client.ask('GET', '/api/enrolment')).json());
}

async function issue(client: ConsoleClient, changes: object = {}) {
  const body = { expiresAfterDays: 30, maxUses: null, needsApproval: false, ...changes };
  const answer = await client.ask('POST', '/api/enrolment/tokens', body);
  expect(answer.status).toBe(201);
  return issuedTokenSchema.parse(await answer.json());
}

it('issues a token with which a PC enrols, and shows its uses, its end and its revocation', async () => {
  let nowMs = Date.now();
  const running = await startTestCollector({ now: () => new Date(nowMs) });
  const technician = await signInByLink(running.collector);
  const enrol = async (token: string) =>
    (await postJson(`${running.address}/v1/agents`, enrolmentRequest(token))).status;
  const once = await issue(technician, { maxUses: 1 });
  expect([await enrol(once.token), await enrol(once.token)]).toEqual([200, 401]);
  const short = await issue(technician, { expiresAfterDays: 1, needsApproval: true });
  const revoked = await issue(technician, { expiresAfterDays: null });
  const revoke = (id: string) => technician.ask('DELETE', `/api/enrolment/tokens/${id}`);
  expect((await revoke(revoked.tokenId)).status).toBe(204);
  expect(await enrol(revoked.token)).toBe(401);
  nowMs += 2 * 86_400_000;
  const later = await signInByLink(running.collector);
  const { tokens } = await enrolmentOf(later);
  const byId = Object.fromEntries(tokens.map((token) => [token.tokenId, token]));
  expect(byId[once.tokenId]).toMatchObject({ state: 'used-up', uses: 1, maxUses: 1, needsApproval: false });
  expect(byId[short.tokenId]).toMatchObject({ state: 'expired', uses: 0, needsApproval: true });
  expect(byId[revoked.tokenId]).toMatchObject({ state: 'revoked' });
  expect(JSON.stringify(tokens)).not.toContain(once.token);
});

it('logs who made and revoked a token, without the token', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const { tokenId, token } = await issue(technician);
  await technician.ask('DELETE', `/api/enrolment/tokens/${tokenId}`);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), { readOnly: true });
  const rows = database
    .prepare("select act, actor, subject, detail from audit where act like 'token-%' order by position")
    .all();
  database.close();
  expect(rows.map(({ act, subject }) => [act, subject])).toEqual([
    ['token-created', tokenId],
    ['token-revoked', tokenId],
  ]);
  for (const { actor } of rows) expect(actor).toMatch(/^one-time-link:/u);
  expect(JSON.stringify(rows)).not.toContain(token);
});

it('names the address that PCs are given, and whether they trust it', async () => {
  const local = await startTestCollector();
  expect(await enrolmentOf(await signInByLink(local.collector))).toMatchObject({
    collectorUrl: local.address,
    isTrusted: true,
  });
  const behindProxy = await startTestCollector({ publicUrl: 'https://porthor.school.example' });
  expect(await enrolmentOf(await signInByLink(behindProxy.collector))).toMatchObject({
    collectorUrl: 'https://porthor.school.example',
    isTrusted: true,
  });
  const open = await startTestCollector({ publicUrl: 'http://porthor.school.example' });
  expect((await enrolmentOf(await signInByLink(open.collector))).isTrusted).toBe(false);
});

it('offers the agent’s installers of the folder, newest first, with their hashes, and no other file', async () => {
  const running = await startTestCollector();
  const folder = path.join(running.dataDirectory, 'installers');
  const technician = await signInByLink(running.collector);
  expect((await enrolmentOf(technician)).installers).toEqual([]);
  await mkdir(path.join(folder, 'porthor-9.9.9.msi'), { recursive: true });
  const contents = {
    'porthor-0.9.0.msi': 'old',
    'porthor-0.10.0.msi': 'new',
    'porthor_0.10.0_amd64.deb': 'deb',
  };
  for (const [name, text] of Object.entries({
    ...contents,
    'secret.msi': 'x',
    'porthor-collector-0.1.0.msi': 'x',
  })) {
    await writeFile(path.join(folder, name), text);
  }
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const listed = (await enrolmentOf(technician)).installers;
  expect(listed).toEqual([
    { name: 'porthor-0.10.0.msi', sizeBytes: 3, sha256: sha256('new') },
    { name: 'porthor-0.9.0.msi', sizeBytes: 3, sha256: sha256('old') },
    { name: 'porthor_0.10.0_amd64.deb', sizeBytes: 3, sha256: sha256('deb') },
  ]);
  const load = async (name: string) => technician.ask('GET', `/api/enrolment/installers/${name}`);
  const loaded = await load('porthor-0.10.0.msi');
  expect([loaded.status, await loaded.text()]).toEqual([200, 'new']);
  for (const other of ['secret.msi', 'porthor-collector-0.1.0.msi', '..%2Flog.key', 'porthor-9.9.9.msi']) {
    expect([other, (await load(other)).status]).toEqual([other, 404]);
  }
  await writeFile(path.join(folder, 'porthor-0.10.0.msi'), 'newer');
  expect((await enrolmentOf(technician)).installers[0]?.sha256).toBe(sha256('newer'));
});

it('packs the Group Policy templates in the folders of a central store', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const answer = await technician.ask('GET', '/api/enrolment/templates.zip');
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  expect(Object.keys(files).toSorted()).toEqual([
    'PolicyDefinitions/cy-GB/porthor.adml',
    'PolicyDefinitions/en-GB/porthor.adml',
    'PolicyDefinitions/en-US/porthor.adml',
    'PolicyDefinitions/porthor.admx',
  ]);
  expect(Buffer.from(files['PolicyDefinitions/porthor.admx'] ?? []).toString()).toContain('enrolmentToken');
});

it('makes a break-glass code that fits its hash, keeps it nowhere, and logs its hash', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const make = async () => {
    const answer = await technician.ask('POST', '/api/enrolment/break-glass-codes', {});
    return breakGlassSchema.parse(await answer.json());
  };
  const [one, other] = [await make(), await make()];
  expect(one.code).not.toBe(other.code);
  expect(one.code).toMatch(new RegExp(`^(?:[${spokenAlphabet}]{4}-){3}[${spokenAlphabet}]{4}$`, 'u'));
  expect(createHash('sha256').update(one.code).digest('hex')).toBe(one.sha256);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), { readOnly: true });
  const rows = database
    .prepare("select subject, detail from audit where act = 'break-glass-code-made'")
    .all();
  database.close();
  expect(rows.map(({ subject }) => subject)).toEqual([one.sha256, other.sha256]);
});
