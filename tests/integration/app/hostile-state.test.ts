/** A whole state folder, damaged in every way that comes to mind, opened by the agent's own hands. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState } from '../../../electron/app/open-state.ts';
import { evaluate } from '../../../electron/domain/policy-gate/evaluate.ts';
import { buildAcknowledgement } from '../../../electron/services/gate/acknowledgement.ts';
import { noProtection } from '../../../electron/storage/identity/identity.ts';
import { recordAcceptance } from '../../../electron/storage/receipts/receipts.ts';
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

const open = (directory: string) =>
  openState({
    directory,
    config: defaultManagedConfig,
    machine,
    clock,
    protection: noProtection,
    onFault: () => undefined,
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
  await recordAcceptance(state.value, acceptance, accepted.manifest.title);
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
