/** A whole state folder, damaged in every way that comes to mind, opened by the agent's own hands. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../electron/domain/gate/evaluate.ts';
import { buildAcknowledgement } from '../../../electron/services/gate/acknowledgement.ts';
import { withEvidence } from '../../../electron/services/gate/evidence.ts';
import { openPersonStore } from '../../../electron/services/person-store/open-person-store.ts';
import { noProtection } from '../../../electron/storage/identity/secret-protection.ts';
import { recordAcceptance } from '../../../electron/storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../../electron/storage/storage-fault.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { createFakeClock } from '../../fakes/platform/fake-clock.ts';
import { makePack } from '../../fixtures/make-pack.ts';

const runs = Number(process.env['PORTHOR_FUZZ_STATES'] ?? 1500);
const account = { name: 'sprys', domain: 'YSGOL', sid: 'S-1-5-21-7', upn: '', displayName: 'Siân Prys' };
const machine = { id: 'm', hostname: 'LAB-07', os: 'Windows 11' };
const accepted = makePack({ version: '1' });
const neverAccepted = makePack({ version: '2' }, 'Another text, which nobody has accepted.');
const clock = createFakeClock();
const stateFiles = ['outbox.log', 'receipts.json', 'settings.json', 'identity.json'] as const;

let folder: string;
let pristine: string;

const open = (directory: string, onFault: (fault: StorageFault) => void = () => undefined) =>
  openPersonStore({
    directory,
    config: defaultManagedConfig,
    machine,
    clock,
    protection: noProtection,
    onFault,
    onOutboxFault: () => undefined,
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-hostile-'));
  pristine = path.join(folder, 'pristine');
  const state = await open(pristine);
  if (!state.ok) throw new Error(state.error);
  const acceptance = buildAcknowledgement({
    action: 'accepted',
    policy: { pack: accepted, reason: 'first' },
    language: 'en-GB',
    draft: { ticked: ['agree'], fullName: 'Siân Prys', jobRole: 'Teacher' },
    openedAt: '2026-11-22T08:39:00.000Z',
    decidedAt: '2026-11-22T08:40:00.000Z',
    account,
    machine,
    loginId: 'login-1',
    audience: 'staff',
    agentVersion: '0.1.0',
  });
  const signed = await withEvidence(acceptance, state.value.identity, (reason) => {
    throw new Error(reason);
  });
  await recordAcceptance(state.value, signed, accepted.manifest.title);
  await state.value.settings.update((current) => ({ ...current, sendNotBefore: '2026-11-22T09:00:00.000Z' }));
  await state.value.outbox.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** How the gate would stand for a pack with what this folder proves. */
async function judge(directory: string, pack: PolicyPack): Promise<'unreadable' | 'asks' | 'opens'> {
  const state = await open(directory);
  if (!state.ok) return 'unreadable';
  const answer = evaluate({
    gateEnabled: true,
    excluded: false,
    packs: [pack],
    receipts: state.value.receipts.forAccount(accountKey(account)),
    known: [],
    loginId: 'login-1',
    now: clock.nowUtc(),
    timeZone: 'Europe/London',
  });
  await state.value.outbox.close();
  return answer.kind === 'due' ? 'asks' : 'opens';
}

type Damage = (bytes: Buffer) => Buffer;

const damageArbitrary: fc.Arbitrary<Damage> = fc.oneof(
  fc.nat().map(
    (at): Damage =>
      (bytes) =>
        bytes.subarray(0, at % (bytes.length + 1)),
  ),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
    ([at, flip]): Damage =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        const index = at % Math.max(1, changed.length);
        changed[index] = (changed[index] ?? 0) ^ flip;
        return changed;
      },
  ),
  fc.uint8Array({ maxLength: 300 }).map(
    (noise): Damage =>
      () =>
        Buffer.from(noise),
  ),
  fc.uint8Array({ maxLength: 40 }).map(
    (noise): Damage =>
      (bytes) =>
        Buffer.concat([bytes, noise]),
  ),
  fc.constantFrom<Damage>(
    // The forger's way: another version, another text, another format, with the checksums left as they are.
    (bytes) => Buffer.from(bytes.toString('utf8').replaceAll('"policyVersion":"1"', '"policyVersion":"2"')),
    (bytes) => Buffer.from(bytes.toString('utf8').replaceAll('"policyVersion": "1"', '"policyVersion": "2"')),
    (bytes) =>
      Buffer.from(
        bytes.toString('utf8').replaceAll(accepted.textSha256['en-GB'], neverAccepted.textSha256['en-GB']),
      ),
    (bytes) => Buffer.from(bytes.toString('utf8').replace(/"format": ?1/u, '"format":2')),
    () => Buffer.from('null'),
    () => Buffer.from('[]'),
    () => Buffer.from('{"format":1,"checksum":"00000000","value":{"receipts":[]}}'),
    () => Buffer.alloc(3 * 1024 * 1024, 0x7b),
    (bytes) => Buffer.concat([bytes, bytes]),
  ),
);

/** A forger who knows the files: every checksum is computed again after the change. */
function forgeStore(bytes: Buffer, change: (json: string) => string): Buffer {
  const { value } = JSON.parse(bytes.toString('utf8')) as { value: unknown };
  const changed: unknown = JSON.parse(change(JSON.stringify(value)));
  const checksum = crc32(JSON.stringify(changed)).toString(16).padStart(8, '0');
  return Buffer.from(JSON.stringify({ format: 1, checksum, value: changed }));
}

function forgeLog(bytes: Buffer, change: (json: string) => string): Buffer {
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const json = change(line.slice(9));
      return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
    });
  return Buffer.from(lines.join(''));
}

const toNewVersion = (json: string) =>
  json
    .replaceAll('"policyVersion":"1"', '"policyVersion":"2"')
    .replaceAll(accepted.textSha256['en-GB'], neverAccepted.textSha256['en-GB']);
const withoutEvidence = (json: string) => json.replace(/,"evidence":"[^"]*"/u, '');
const toAnotherEvent = (json: string) => json.replace(/"eventId":"..../u, '"eventId":"0000');

async function stateWith(files: Readonly<Record<string, (bytes: Buffer) => Buffer>>): Promise<string> {
  const copy = await mkdtemp(path.join(folder, 'forged-'));
  await cp(pristine, copy, { recursive: true });
  for (const [name, change] of Object.entries(files)) {
    const file = path.join(copy, name);
    await writeFile(file, change(await readFile(file)));
  }
  return copy;
}

describe('a state folder edited by hand, with every checksum computed again', () => {
  const nothing = () => forgeStore(Buffer.from('{"value":{"receipts":[]}}'), (json) => json);
  it.each<[string, Readonly<Record<string, (bytes: Buffer) => Buffer>>]>([
    ['the receipt', { 'receipts.json': (bytes) => forgeStore(bytes, toNewVersion) }],
    [
      'the receipt’s event',
      { 'receipts.json': (bytes) => forgeStore(bytes, (json) => toAnotherEvent(toNewVersion(json))) },
    ],
    [
      'the log of reports',
      { 'receipts.json': nothing, 'outbox.log': (bytes) => forgeLog(bytes, toNewVersion) },
    ],
    [
      'the log of reports, its signature cut off',
      {
        'receipts.json': nothing,
        'outbox.log': (bytes) => forgeLog(bytes, (json) => withoutEvidence(toNewVersion(json))),
      },
    ],
    [
      'both',
      {
        'receipts.json': (bytes) => forgeStore(bytes, toNewVersion),
        'outbox.log': (bytes) => forgeLog(bytes, toNewVersion),
      },
    ],
  ])('does not open the gate: %s', async (_name, files) => {
    expect(await judge(await stateWith(files), neverAccepted)).toBe('asks');
  });

  it('puts the edited receipt aside and reports it, once, and the log still proves the true one', async () => {
    const copy = await stateWith({ 'receipts.json': (bytes) => forgeStore(bytes, toNewVersion) });
    const faults: string[] = [];
    for (const _start of [1, 2]) {
      const state = await open(copy, ({ fault, subject }) => faults.push(`${fault} ${subject}`));
      if (!state.ok) throw new Error(state.error);
      expect(state.value.receipts.forAccount(accountKey(account))).toMatchObject([{ policyVersion: '1' }]);
      await state.value.outbox.close();
    }
    expect(faults).toEqual(['receipt-unproven receipts.json']);
    expect((await readdir(copy)).some((name) => name.startsWith('receipts.unproven-'))).toBe(true);
    expect(await judge(copy, accepted)).toBe('opens');
  });

  it('takes no receipt from another agent’s folder', async () => {
    const other = await stateWith({});
    await rm(path.join(other, 'outbox.log'));
    await rm(path.join(other, 'identity.json'));
    expect(await judge(other, accepted)).toBe('asks');
  });
});

describe('a damaged state folder', () => {
  it('is, undamaged, what opens the gate for the text that was accepted', async () => {
    const copy = path.join(folder, 'undamaged');
    await cp(pristine, copy, { recursive: true });
    expect(await judge(copy, accepted)).toBe('opens');
    expect(await judge(copy, neverAccepted)).toBe('asks');
  });

  it(`never crashes the agent, never opens the gate for another text, and is never overwritten (${runs} times)`, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...stateFiles), damageArbitrary, async (name, damage) => {
        run += 1;
        const copy = path.join(folder, `run-${run}`);
        await cp(pristine, copy, { recursive: true });
        const file = path.join(copy, name);
        const harmed = damage(await readFile(file));
        await writeFile(file, harmed);
        expect(['unreadable', 'asks']).toContain(await judge(copy, neverAccepted));

        // Every piece of what was found is still there: in the file itself, or in what was put aside beside it.
        const kept = await Promise.all(
          (await readdir(copy))
            .filter((entry) => entry.startsWith(path.parse(name).name))
            .map((entry) => readFile(path.join(copy, entry))),
        );
        for (const piece of harmed.toString('latin1').split('\n')) {
          expect(kept.some((bytes) => bytes.includes(Buffer.from(piece, 'latin1')))).toBe(true);
        }
        await rm(copy, { recursive: true, force: true });
      }),
      { numRuns: runs, seed: 20261122 },
    );
  }, 240_000);
});
