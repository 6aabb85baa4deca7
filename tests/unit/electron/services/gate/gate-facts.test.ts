/** Which user the gate asks, and for which policies, with every source that may be unreadable at a login. */
import { describe, expect, it } from 'vitest';
import type { SignedInAccount } from '../../../../../electron/platform/account/account-port.ts';
import { createGateFacts } from '../../../../../electron/services/gate/gate-facts.ts';
import type { PersonStore } from '../../../../../electron/services/person-store/open-person-store.ts';
import type { PoliciesRead } from '../../../../../electron/services/policies/policy-source.ts';
import type { Reporting } from '../../../../../electron/services/reporting/start-reporting.ts';
import { defaultManagedConfig, type ManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import type { KnownAcknowledgement } from '../../../../../shared/wire/collector-api.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';
import { account } from '../../../../support/storage-fixtures.ts';

const staff = makePack();
const mair: SignedInAccount = { account, groups: ['YSGOL\\IT'], loginId: 'login-1' };

interface Situation {
  config: ManagedConfig;
  person: SignedInAccount | undefined;
  records: 'open' | 'shut';
  policies: PoliciesRead;
  known: readonly KnownAcknowledgement[] | undefined;
}

function createWorld(changes: Partial<Situation> = {}) {
  const situation: Situation = {
    config: defaultManagedConfig,
    person: mair,
    records: 'open',
    policies: { packs: [staff], problem: undefined },
    known: [],
    ...changes,
  };
  const faults: string[] = [];
  const audiencesRead: string[] = [];
  let recordsOpened = 0;
  const state = {
    receipts: {
      forAccount: () => [],
      add: () => Promise.resolve(succeed(undefined)),
    },
  } as unknown as PersonStore;
  const reporting = {
    knownAcknowledgements: () => Promise.resolve(situation.known),
  } as unknown as Reporting;
  const facts = createGateFacts({
    config: () => situation.config,
    signedIn: {
      person: () => situation.person,
      read: () =>
        Promise.resolve(
          situation.person === undefined
            ? fail({ kind: 'unreadable', reason: 'no answer' } as const)
            : succeed(situation.person),
        ),
    },
    records: {
      state: () => (situation.records === 'open' ? state : undefined),
      reporting: () => (situation.records === 'open' ? reporting : undefined),
      open: () => Promise.resolve(situation.records === 'open' ? succeed(state) : fail('EACCES')),
    },
    policies: {
      areOnDisk: true,
      read: (audience) => {
        audiencesRead.push(audience);
        return Promise.resolve(situation.policies);
      },
    },
    openedBefore: () => undefined,
    onWaiting: () => undefined,
    onRecordsOpen: () => {
      recordsOpened += 1;
    },
    onFault: ({ fault }) => void faults.push(fault),
    nowUtc: createFakeClock().nowUtc,
  });
  return { facts, situation, faults, audiencesRead, recordsOpened: () => recordsOpened };
}

const switchedOff: ManagedConfig = {
  ...defaultManagedConfig,
  gate: { ...defaultManagedConfig.gate, enabled: false },
};
const withoutMair: ManagedConfig = {
  ...defaultManagedConfig,
  audience: { ...defaultManagedConfig.audience, exclude: ['YSGOL\\mair'] },
};

describe('a user who is asked', () => {
  it('is kept out where the account, the records or the policies cannot be read', async () => {
    const reasonOf = async (changes: Partial<Situation>) => {
      const read = await createWorld(changes).facts.read();
      return read.ok ? 'read' : read.error.reason;
    };
    expect(await reasonOf({})).toBe('read');
    expect(await reasonOf({ person: undefined })).toBe('account-unreadable');
    expect(await reasonOf({ records: 'shut' })).toBe('records-unreadable');
    expect(await reasonOf({ policies: { packs: [], problem: 'it is away' } })).toBe('policy-unreadable');
  });

  it('is asked for the readable policies although another could not be read', async () => {
    const { facts } = createWorld({ policies: { packs: [staff], problem: 'one is broken' } });
    const read = await facts.read();
    expect(read.ok && read.value.packs).toEqual([staff]);
  });

  it('is known once the account can be read, and then the policies are read for that user’s audience', async () => {
    const { facts, situation, audiencesRead, recordsOpened } = createWorld({ person: undefined });
    expect((await facts.read()).ok).toBe(false);
    expect(recordsOpened()).toBe(0);
    situation.person = mair;
    situation.config = {
      ...defaultManagedConfig,
      audience: { ...defaultManagedConfig.audience, rules: [{ group: 'YSGOL\\IT', audience: 'visitor' }] },
    };
    await facts.read();
    await facts.read();
    expect(facts.audience()).toBe('visitor');
    // The first reading started before the user was known.
    expect(audiencesRead).toEqual(['staff', 'visitor']);
    expect(recordsOpened()).toBe(2);
  });
});

describe('a user who is not asked', () => {
  it.each([
    ['switched off', switchedOff],
    ['excluded', withoutMair],
  ])('%s: needs neither records nor policies', async (_name, config) => {
    const { facts, faults } = createWorld({
      config,
      records: 'shut',
      policies: { packs: [], problem: 'it is away' },
    });
    expect(facts.mayBeAsked()).toBe(false);
    const read = await facts.read();
    expect(read.ok && read.value.packs).toEqual([]);
    expect(faults).toEqual(['records-unreadable']);
  });

  it('exists without a readable account only while the gate is off: an exclusion needs a name', async () => {
    const nobody = { person: undefined };
    expect(createWorld({ ...nobody, config: withoutMair }).facts.mayBeAsked()).toBe(true);
    expect((await createWorld({ ...nobody, config: withoutMair }).facts.read()).ok).toBe(false);
    expect((await createWorld({ ...nobody, config: switchedOff }).facts.read()).ok).toBe(true);
  });
});

describe('a request to the collector without an answer', () => {
  it('is remembered once, until it has been asked again', async () => {
    const { facts, situation } = createWorld({ known: undefined });
    expect(facts.takeUnansweredQuestion()).toBe(false);
    expect(await facts.askCollector()).toBeUndefined();
    expect([facts.takeUnansweredQuestion(), facts.takeUnansweredQuestion()]).toEqual([true, false]);
    await facts.askCollector();
    situation.known = [];
    expect(await facts.askCollector()).toEqual([]);
    expect(facts.takeUnansweredQuestion()).toBe(false);
  });
});
