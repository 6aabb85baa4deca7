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
  /** False for policies from a collector. */
  areOnDisk: boolean;
  /** What this PC has recorded for the person. */
  receipts: readonly unknown[];
  /** The collector is being asked for the policies until this resolves. */
  collectorAnswers: Promise<void>;
}

function createWorld(changes: Partial<Situation> = {}) {
  const situation: Situation = {
    config: defaultManagedConfig,
    person: mair,
    records: 'open',
    policies: { packs: [staff], problem: undefined },
    known: [],
    areOnDisk: true,
    receipts: [],
    collectorAnswers: Promise.resolve(),
    ...changes,
  };
  const faults: string[] = [];
  const audiencesRead: string[] = [];
  let recordsOpened = 0;
  const state = {
    receipts: {
      forAccount: () => situation.receipts,
      add: () => Promise.resolve(succeed(undefined)),
    },
  } as unknown as PersonStore;
  const steps: string[] = [];
  const reporting = {
    knownAcknowledgements: () => {
      steps.push('asked');
      return Promise.resolve(situation.known);
    },
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
      areOnDisk: situation.areOnDisk,
      read: async (audience, onWaiting) => {
        audiencesRead.push(audience);
        if (!situation.areOnDisk) {
          onWaiting();
          await situation.collectorAnswers;
          steps.push('policies');
        }
        return situation.policies;
      },
    },
    openedBefore: () => undefined,
    onWaiting: () => void steps.push('covered'),
    onRecordsOpen: () => {
      recordsOpened += 1;
    },
    onFault: ({ fault }) => void faults.push(fault),
    nowUtc: createFakeClock().nowUtc,
  });
  return { facts, situation, faults, audiencesRead, recordsOpened: () => recordsOpened, steps };
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

describe('policies from a collector', () => {
  const fromCollector = { areOnDisk: false } as const;
  const visitors: ManagedConfig = {
    ...defaultManagedConfig,
    audience: { ...defaultManagedConfig.audience, rules: [{ group: 'YSGOL\\IT', audience: 'visitor' }] },
  };

  it('are asked for before the records are open, and the desktop is covered only afterwards', async () => {
    let answer = () => {};
    const collectorAnswers = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { facts, steps, audiencesRead } = createWorld({ ...fromCollector, collectorAnswers });
    facts.readAhead();
    expect([audiencesRead, steps]).toEqual([['staff'], []]);
    const read = facts.read();
    await expect.poll(() => steps).toEqual(['covered', 'asked']);
    answer();
    expect((await read).ok).toBe(true);
    expect([audiencesRead, steps]).toEqual([['staff'], ['covered', 'asked', 'policies']]);
  });

  it('are read again where the person turns out to be in another audience', async () => {
    const { facts, situation, audiencesRead } = createWorld(fromCollector);
    facts.readAhead();
    situation.config = visitors;
    await facts.read();
    expect(audiencesRead).toEqual(['staff', 'visitor']);
  });

  it('are not asked for where the user is not asked', () => {
    for (const config of [switchedOff, withoutMair]) {
      const { facts, audiencesRead } = createWorld({ ...fromCollector, config });
      facts.readAhead();
      expect(audiencesRead).toEqual([]);
    }
  });

  it('come with the answer about a person without receipts, which is asked for once', async () => {
    const { facts, steps } = createWorld(fromCollector);
    await facts.read();
    expect(await facts.askCollector()).toEqual([]);
    const asked = () => steps.filter((step) => step === 'asked').length;
    expect(asked()).toBe(1);
    await facts.askCollector();
    expect(asked()).toBe(2);
  });

  it('come without that question where this PC has a receipt, and at every later reading', async () => {
    const known = createWorld({ ...fromCollector, receipts: [{}] });
    await known.facts.read();
    expect(known.steps).not.toContain('asked');
    const again = createWorld(fromCollector);
    await again.facts.read();
    await again.facts.read();
    expect(again.steps.filter((step) => step === 'asked')).toHaveLength(1);
    // The answer of the first reading is old by now.
    await again.facts.askCollector();
    expect(again.steps.filter((step) => step === 'asked')).toHaveLength(2);
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
