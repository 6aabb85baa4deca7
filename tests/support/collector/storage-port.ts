/** The promises of the storage port, as one suite for every database. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { evaluateEvent } from '../../../collector/src/events/evaluate-event.ts';
import { splitBatch } from '../../../collector/src/events/split-batch.ts';
import { createPrivacyRepository } from '../../../collector/src/privacy/erase-person.ts';
import { applyRetention, createRetentionRepository } from '../../../collector/src/privacy/retention.ts';
import { createAcknowledgementRepository } from '../../../collector/src/repositories/acknowledgements.ts';
import { createAgentRepository } from '../../../collector/src/repositories/agents.ts';
import { createConsoleAccessRepository } from '../../../collector/src/repositories/console-access.ts';
import { createEventRepository } from '../../../collector/src/repositories/events.ts';
import { createHealthRepository } from '../../../collector/src/repositories/health.ts';
import { createMediaRegisterRepository } from '../../../collector/src/repositories/media-register.ts';
import { createPublishedTextRepository } from '../../../collector/src/repositories/published-texts.ts';
import { defaultSchoolId } from '../../../collector/src/schools.ts';
import type { Storage } from '../../../collector/src/storage/storage.ts';
import { acknowledgedData, machine, testTextSha256 } from './collector.ts';
import { verifyReader } from './evidence-database.ts';
import { describeRoster } from './roster-port.ts';

const now = (): Date => new Date('2026-11-22T09:00:00.000Z');
const schoolId = defaultSchoolId;

async function enrolAgent(storage: Storage, hostname = 'LAB-01') {
  const agents = createAgentRepository(storage, now);
  const { token } = await agents.createEnrolmentToken({ schoolId, expiresAt: undefined, maxUses: undefined });
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const enrolled = await agents.enrol({
    enrolmentToken: token,
    machine: { ...machine, id: `machine-${hostname}`, hostname },
    publicKey: { kty: 'OKP', crv: 'Ed25519', x },
    agentVersion: '1.0.0',
  });
  if (!enrolled.ok) throw new Error(enrolled.error);
  return { ...enrolled.value, schoolId };
}

let sequences = new Map<string, number>();

function makeEvent(agentId: string, changes: object = {}) {
  const sequence = (sequences.get(agentId) ?? 0) + 1;
  sequences.set(agentId, sequence);
  const event = {
    specversion: '1.0',
    id: uuidv7(),
    type: 'porthor.test.noted.v1',
    source: `porthor:agent:${agentId}`,
    subject: 'x',
    time: '2026-11-22T08:40:00.000Z',
    datacontenttype: 'application/json',
    sequence,
    data: { note: 'café \u0000' },
    ...changes,
  };
  const raw = JSON.stringify(event);
  const [element] = splitBatch(`[${raw}]`);
  if (element === undefined) throw new Error('no element');
  return { raw, event, evaluated: evaluateEvent(element, event, agentId) };
}

function makeAcceptance(agentId: string, changes: Partial<ReturnType<typeof acknowledgedData>> = {}) {
  return makeEvent(agentId, { type: 'porthor.policy.acknowledged.v1', data: acknowledgedData(changes) });
}

async function readAll(storage: Storage): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of createEventRepository(storage, now).readAll()) texts.push(text);
  return texts;
}

/** `withStorage` opens an empty database for each call. */
export function describeStorage(
  name: string,
  withStorage: (use: (storage: Storage) => Promise<void>) => Promise<void>,
): void {
  const on = (title: string, use: (storage: Storage) => Promise<void>): void => {
    it(title, async () => {
      sequences = new Map();
      await withStorage(use);
    });
  };

  describe(`storage in ${name}`, () => {
    on('gives every event back as it was written, in order of arrival', async (storage) => {
      const agent = await enrolAgent(storage);
      const events = createEventRepository(storage, now);
      const batch = Array.from({ length: 450 }, () => makeEvent(agent.agentId));
      const results = await events.store(
        agent,
        batch.map(({ evaluated }) => evaluated),
      );
      expect(new Set(results?.map(({ status }) => status))).toEqual(new Set(['stored']));
      expect(await readAll(storage)).toEqual(batch.map(({ raw }) => raw));
      expect(await events.lastReceivedAt()).toBe(now().toISOString());
    });

    describeRoster(on, {
      schoolId,
      accept: async (storage) => {
        const agent = await enrolAgent(storage);
        await createPublishedTextRepository(storage, now).note([
          { policyId: 'staff', policyVersion: '1', textSha256: testTextSha256 },
        ]);
        const at = '2026-11-22T08:40:00.000Z';
        const { evaluated } = makeAcceptance(agent.agentId, { decidedAt: at, openedAt: at });
        await createEventRepository(storage, now).store(agent, [evaluated]);
        return 'school\\carys';
      },
    });

    on('erases a person and what is over, and verify finds nothing missing', async (storage) => {
      const [carys, dylan] = [await enrolAgent(storage), await enrolAgent(storage, 'LAB-02')];
      const events = createEventRepository(storage, now);
      await createPublishedTextRepository(storage, now).note([
        { policyId: 'staff', policyVersion: '1', textSha256: testTextSha256 },
      ]);
      const account = { name: 'dylan', domain: 'SCHOOL', sid: '', upn: '', displayName: '' };
      const ofCarys = [makeAcceptance(carys.agentId), makeEvent(carys.agentId)];
      const decided = { openedAt: '2026-11-22T08:39:00.000Z', decidedAt: '2026-11-22T08:40:00.000Z' };
      const ofDylan = [makeAcceptance(dylan.agentId, { account, ...decided }), makeEvent(dylan.agentId)];
      await events.store(
        carys,
        ofCarys.map(({ evaluated }) => evaluated),
      );
      await events.store(
        dylan,
        ofDylan.map(({ evaluated }) => evaluated),
      );
      const privacy = createPrivacyRepository(storage, now, schoolId);
      expect(await privacy.summarise('school\\carys')).toMatchObject({
        events: { acknowledgements: 1, other: 1 },
        agents: 1,
      });
      const why = { askedBy: 'the person', reason: 'left', actor: 'test' };
      expect(await privacy.erase('school\\carys', why)).toMatchObject({ records: 2 });
      expect(await privacy.erase('school\\carys', why)).toBeUndefined();
      expect(await readAll(storage)).toEqual(ofDylan.map(({ raw }) => raw));
      expect((await verifyReader(storage.reader)).findings).toEqual([]);
      const again = ofCarys.map(({ evaluated }) => evaluated);
      expect((await events.store(carys, again))?.map(({ status }) => status)).toEqual([
        'duplicate',
        'duplicate',
      ]);

      const later = (days: number) => () => new Date(now().getTime() + days * 86_400_000);
      await createRetentionRepository(storage, now, schoolId).set('other', 30, 'test');
      await storage.write('log.closeDay', { schoolId, day: '2026-11-22', at: later(1)().toISOString() });
      expect(await applyRetention(storage, later(29))).toBe(0);
      expect(await applyRetention(storage, later(32))).toBe(1);
      expect(await readAll(storage)).toEqual([ofDylan[0]?.raw]);
      const { findings, erasedEvents } = await verifyReader(storage.reader);
      expect([findings, erasedEvents]).toEqual([[], 2]);
      const known = () => storage.reader.selectFrom('known_accounts').select('account_key').execute();
      expect(await known()).toEqual([{ account_key: 'school\\dylan' }]);
      await createRetentionRepository(storage, now, schoolId).set('acknowledgements', 365, 'test');
      expect(await applyRetention(storage, later(366))).toBe(1);
      expect([await known(), await readAll(storage)]).toEqual([[], []]);
      expect((await verifyReader(storage.reader)).findings).toEqual([]);
    });

    on('stores an event once, and keeps the first of two with one id', async (storage) => {
      const agent = await enrolAgent(storage);
      const events = createEventRepository(storage, now);
      const first = makeEvent(agent.agentId);
      const other = makeEvent(agent.agentId, { id: first.event.id });
      expect(await events.store(agent, [first.evaluated, first.evaluated, other.evaluated])).toMatchObject([
        { status: 'stored' },
        { status: 'duplicate' },
        { status: 'rejected' },
      ]);
      expect(await readAll(storage)).toEqual([first.raw]);
    });

    on('runs writes of many agents at once, each event once', async (storage) => {
      const events = createEventRepository(storage, now);
      const agents = await Promise.all(
        Array.from({ length: 16 }, (_, index) => enrolAgent(storage, `LAB-${index}`)),
      );
      const batches = agents.flatMap((agent) =>
        Array.from({ length: 4 }, () => ({
          agent,
          batch: Array.from({ length: 3 }, (_, index) =>
            index === 0 ? makeAcceptance(agent.agentId) : makeEvent(agent.agentId),
          ),
        })),
      );
      await createPublishedTextRepository(storage, now).note([
        { policyId: 'staff', policyVersion: '1', textSha256: testTextSha256 },
      ]);
      const results = await Promise.all(
        [...batches, ...batches].map(({ agent, batch }) =>
          events.store(
            agent,
            batch.map(({ evaluated }) => evaluated),
          ),
        ),
      );
      const statuses = results.flatMap((one) => one?.map(({ status }) => status) ?? []);
      expect(statuses.filter((status) => status === 'stored')).toHaveLength(16 * 4 * 3);
      expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(16 * 4 * 3);
      expect(await readAll(storage)).toHaveLength(16 * 4 * 3);
      expect(await events.listSequenceGaps()).toEqual([]);
      const { verdicts, waiting, findings } = await verifyReader(storage.reader);
      expect([...verdicts]).toEqual([['missing', 16 * 4]]);
      expect(waiting).toBeGreaterThan(16 * 4);
      expect(findings).toEqual([]);
    });

    on('opens a gap, shrinks it and closes it', async (storage) => {
      const agent = await enrolAgent(storage);
      const events = createEventRepository(storage, now);
      const store = (sequence: number) =>
        events.store(agent, [makeEvent(agent.agentId, { sequence }).evaluated]);
      await store(1);
      await store(6);
      const gaps = async () =>
        (await events.listSequenceGaps()).map((gap) => [gap.firstSequence, gap.lastSequence]);
      expect(await gaps()).toEqual([[2, 5]]);
      await store(3);
      expect(await gaps()).toEqual([
        [2, 2],
        [4, 5],
      ]);
      expect(await events.countMissing()).toBe(3);
      await store(2);
      await store(4);
      await store(5);
      expect(await gaps()).toEqual([]);
    });

    on('keeps forked events and events after a jump, and notes both once a day', async (storage) => {
      const agent = await enrolAgent(storage);
      const events = createEventRepository(storage, now);
      const store = async (sequence: number) =>
        (await events.store(agent, [makeEvent(agent.agentId, { sequence }).evaluated]))?.[0]?.status;
      for (const sequence of [1, 1, 1, 5_000_000, 5_000_000, 2]) expect(await store(sequence)).toBe('stored');
      const rows = await storage.reader
        .selectFrom('events')
        .select(['sequence', 'fork', 'marks'])
        .orderBy('position')
        .execute();
      expect(rows.map(({ sequence, fork }) => [sequence, fork])).toEqual([
        [1, 0],
        [1, 1],
        [1, 2],
        [5_000_000, 0],
        [5_000_000, 1],
        [2, 0],
      ]);
      expect(await events.listSequenceGaps()).toEqual([]);
      const audit = await storage.reader
        .selectFrom('audit')
        .select(['act', 'subject'])
        .where('actor', 'like', 'agent:%')
        .orderBy('position')
        .execute();
      expect(audit).toEqual([
        { act: 'forked', subject: 'sequence 1' },
        { act: 'sequence-jump', subject: '' },
        { act: 'forked', subject: 'sequence 5000000' },
      ]);
    });

    on('answers with the newest version, and of this the latest acceptance', async (storage) => {
      const agent = await enrolAgent(storage);
      const events = createEventRepository(storage, now);
      await createPublishedTextRepository(storage, now).note(
        ['1', '9', '10'].map((policyVersion) => ({
          policyId: 'staff',
          policyVersion,
          textSha256: testTextSha256,
        })),
      );
      const accept = (policyVersion: string, decidedAt: string) =>
        makeAcceptance(agent.agentId, { policyVersion, decidedAt });
      const newest = accept('10', '2026-05-01T00:00:00Z');
      const batch = [
        accept('9', '2026-11-01T00:00:00Z'),
        accept('10', '2026-04-01T00:00:00Z'),
        newest,
        accept('10', '2026-04-30T00:00:00Z'),
        accept('11', '2026-11-02T00:00:00Z'),
      ];
      for (const { evaluated } of batch) await events.store(agent, [evaluated]);
      const known = await createAcknowledgementRepository(storage, schoolId).findAccepted('school\\carys');
      expect(known.map(({ eventId }) => eventId)).toEqual([newest.event.id]);
      const elsewhere = createAcknowledgementRepository(storage, 'another-school');
      expect(await elsewhere.findAccepted('school\\carys')).toEqual([]);
      expect(await elsewhere.listNewest(10)).toEqual([]);
    });

    on('keeps a text with a NUL and half a character, as far as the database can', async (storage) => {
      const agent = await enrolAgent(storage);
      const events = createEventRepository(storage, now);
      const acceptance = makeAcceptance(agent.agentId, { fullName: 'A\u0000B\ud800' });
      await events.store(agent, [acceptance.evaluated]);
      expect(await readAll(storage)).toEqual([acceptance.raw]);
      const [record] = await createAcknowledgementRepository(storage, schoolId).listNewest(1);
      expect(record?.fullName).toBe('A\ufffdB\ufffd');
    });

    on('limits and revokes enrolment tokens', async (storage) => {
      const agents = createAgentRepository(storage, now);
      const { token, tokenId } = await agents.createEnrolmentToken({
        schoolId,
        expiresAt: undefined,
        maxUses: 2,
      });
      const enrol = async () => {
        const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
        const enrolled = await agents.enrol({
          enrolmentToken: token,
          machine,
          publicKey: { kty: 'OKP', crv: 'Ed25519', x },
          agentVersion: '1',
        });
        return enrolled.ok ? 'enrolled' : enrolled.error;
      };
      const results = await Promise.all([enrol(), enrol(), enrol()]);
      expect(results.toSorted()).toEqual(['enrolled', 'enrolled', 'token-refused']);
      expect(await agents.revokeEnrolmentToken('another-school', tokenId)).toBe(false);
      expect(await agents.revokeEnrolmentToken(schoolId, tokenId)).toBe(true);
      expect(await agents.listEnrolmentTokens(schoolId)).toMatchObject([
        { uses: 2, maxUses: 2, revokedAt: now().toISOString() },
      ]);
      expect(await agents.countAgents()).toBe(2);
    });

    on(
      'lets a new PC wait for approval where its token says so, and a second account of a known PC not',
      async (storage) => {
        const agents = createAgentRepository(storage, now);
        const { token } = await agents.createEnrolmentToken({
          schoolId,
          expiresAt: undefined,
          maxUses: undefined,
          needsApproval: true,
        });
        const enrol = async (machineId: string) => {
          const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
          const enrolled = await agents.enrol({
            enrolmentToken: token,
            machine: { ...machine, id: machineId },
            publicKey: { kty: 'OKP', crv: 'Ed25519', x },
            agentVersion: '1',
          });
          if (!enrolled.ok) throw new Error(enrolled.error);
          return { ...enrolled.value, schoolId };
        };
        const stateOf = async ({ agentToken }: { readonly agentToken: string }) =>
          (await agents.findAgentByToken(agentToken))?.state;
        const first = await enrol('m-1');
        expect(await stateOf(first)).toBe('waiting');
        const events = createEventRepository(storage, now);
        expect(await events.store(first, [makeEvent(first.agentId).evaluated])).toBeUndefined();
        expect(await stateOf(await enrol('m-1'))).toBe('waiting');
        await agents.setState(schoolId, first.agentId, 'active');
        expect(await stateOf(await enrol('m-1'))).toBe('active');
        expect(await stateOf(await enrol('m-2'))).toBe('waiting');
        expect(await agents.listEnrolmentTokens(schoolId)).toMatchObject([{ needsApproval: true }]);
      },
    );

    on('takes nothing from an expelled agent, and keeps what it had reported', async (storage) => {
      const agent = await enrolAgent(storage);
      const agents = createAgentRepository(storage, now);
      const events = createEventRepository(storage, now);
      const before = makeEvent(agent.agentId);
      await events.store(agent, [before.evaluated]);
      expect(await agents.setState('another-school', agent.agentId, 'expelled')).toBe(false);
      expect(await agents.setState(schoolId, agent.agentId, 'expelled')).toBe(true);
      expect(await events.store(agent, [makeEvent(agent.agentId).evaluated])).toBeUndefined();
      expect(await readAll(storage)).toEqual([before.raw]);
      expect(await agents.findAgentByToken(agent.agentToken)).toMatchObject({ state: 'expelled' });
    });

    on('opens a console session once per code', async (storage) => {
      const access = createConsoleAccessRepository(storage, now);
      const code = await access.createCode(schoolId);
      expect(await access.findCode(code)).toMatchObject({ schoolId, account: undefined });
      const use = () => access.redeemCode(code, { use: 'sign-in' }, 'A browser');
      const answers = await Promise.all([use(), use()]);
      const opened = answers.filter((one) => typeof one !== 'string');
      expect(opened).toHaveLength(1);
      expect(answers).toContain('unknown-code');
      const session = await access.findSession(opened[0]?.session ?? '');
      expect(session).toMatchObject({ schoolId, account: undefined, roles: ['technician'] });
      expect(await access.findSession('made-up')).toBeUndefined();
      expect(await access.findCode(code)).toBeUndefined();
    });

    on('registers, approves and returns devices of its own school alone', async (storage) => {
      const register = createMediaRegisterRepository(storage, now, schoolId);
      const elsewhere = createMediaRegisterRepository(storage, now, 'another-school');
      const added = await register.add({
        vendorId: '0951',
        productId: '1666',
        serial: '60A44C413F8CF320A9630A01',
        label: 'Head',
        issuedTo: '',
        expiresAt: undefined,
      });
      if (!added.ok) throw new Error(added.error);
      expect(await elsewhere.current()).toEqual([]);
      expect(await elsewhere.markReturned(added.value.entryId)).toBe(false);
      expect(await register.current()).toHaveLength(1);
      expect(await register.markReturned(added.value.entryId)).toBe(true);
      expect(await register.current()).toEqual([]);
    });

    on('proves that it can be written to', async (storage) => {
      await createHealthRepository(storage, now).proveWritable();
    });

    on('runs every other write of a group in which one has a fault', async (storage) => {
      const access = createConsoleAccessRepository(storage, now);
      const codeSha256 = randomUUID();
      const write = () =>
        storage.write('console.createCode', { schoolId, codeSha256, expiresAt: now().toISOString() });
      const results = await Promise.allSettled([write(), write(), access.createCode(schoolId)]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });
  });
}
