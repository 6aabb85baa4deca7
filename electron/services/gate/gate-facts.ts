/** The facts that decide the gate: who is asked, for which policies, and their known answers. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { currentPacks } from '../../../shared/policy/current-packs.ts';
import { calendarDateAt, schoolTimeZone } from '../../../shared/policy/school-calendar.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import type { GateFacts } from '../../domain/gate/evaluate.ts';
import { chooseAudience } from '../../domain/policies/choose-audience.ts';
import { type UpcomingRenewal, upcomingRenewals } from '../../domain/policies/upcoming.ts';
import type { SignedInAccount } from '../../platform/account/account-port.ts';
import { saveKnownAcknowledgements } from '../../storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { SignedIn } from '../account/signed-in.ts';
import type { PersonStore } from '../person-store/open-person-store.ts';
import type { PersonStoreService } from '../person-store/person-store-service.ts';
import type { Policies } from '../policies/policies-service.ts';
import type { PoliciesRead } from '../policies/policy-source.ts';
import type { FactsProblem } from './gate-ports.ts';

export interface GateFactsSource {
  /**
   * The person is known, and the records are not open yet: starts the reading of the policies, which may wait for the
   * collector. The next `read` takes it.
   */
  readAhead(): void;
  read(): Promise<Result<GateFacts, FactsProblem>>;
  /** Asks the collector what the person has accepted; undefined when it did not answer. */
  askCollector(): Promise<readonly KnownAcknowledgement[] | undefined>;
  /** True once after the collector was last asked without an answer; the next call returns false. */
  takeUnansweredQuestion(): boolean;
  /** Whether the user at this PC may have to answer. True also for a user who is not known: that opens no gate. */
  mayBeAsked(): boolean;
  /** The audience when the facts were last read. */
  audience(): string;
  /** For that audience. */
  readPolicies(): Promise<PoliciesRead>;
  /** Renewals that fall due soon, by the facts last read. */
  upcoming(): readonly UpcomingRenewal[];
}

interface Options {
  readonly config: () => ManagedConfig;
  readonly signedIn: SignedIn;
  readonly records: Pick<PersonStoreService, 'open' | 'state' | 'reporting'>;
  readonly policies: Pick<Policies, 'areOnDisk' | 'read'>;
  /** How the gate was opened in this login before the agent restarted. */
  readonly openedBefore: () => GateFacts['openedBefore'];
  /** The gate waits for the policies: no user may work meanwhile. */
  readonly onWaiting: () => void;
  readonly onRecordsOpen: () => void;
  readonly onFault: (fault: StorageFault) => void;
  readonly nowUtc: () => Date;
}

interface PoliciesAhead {
  /** The policies that a collector gives are those of one audience; those on a disk are all. */
  readonly audience: string;
  readonly reading: Promise<PoliciesRead>;
  /** It waits for the collector. */
  readonly isWaiting: () => boolean;
}

const noPolicies: Promise<PoliciesRead> = Promise.resolve({ packs: [], problem: undefined });

export function createGateFacts(options: Options): GateFactsSource {
  const { config, signedIn, records, policies, onWaiting, nowUtc } = options;
  let audience = config().audience.default;
  let lastFacts: GateFacts | undefined;
  let lastKnown: readonly KnownAcknowledgement[] = [];
  let wasUnanswered = false;

  const audienceOf = ({ account, groups }: SignedInAccount) => {
    const chosen = chooseAudience({ account, groups }, config().audience);
    return {
      isExcluded: chosen.kind === 'excluded',
      audience: chosen.kind === 'audience' ? chosen.audience : config().audience.default,
    };
  };
  const readPolicies = () => policies.read(audience, onWaiting);
  /** Until a `read` takes it, a reading covers nothing: an agent that may have to end must not. */
  const startAhead = (): PoliciesAhead => {
    let isWaiting = false;
    const wait = () => {
      isWaiting = true;
    };
    const reading = policies.read(audience, wait).finally(() => {
      isWaiting = false;
    });
    return { audience, reading, isWaiting: () => isWaiting };
  };
  // Where they are on this disk, start now, while the rest of the agent is composed.
  let ahead = policies.areOnDisk ? startAhead() : undefined;
  const takePolicies = (): Promise<PoliciesRead> => {
    const started = ahead;
    ahead = undefined;
    const isOfAudience = policies.areOnDisk || started?.audience === audience;
    if (started === undefined || !isOfAudience) return readPolicies();
    if (started.isWaiting()) onWaiting();
    return started.reading;
  };

  let knownAhead: Promise<readonly KnownAcknowledgement[] | undefined> | undefined;
  const askKnown = async (key: string) => records.reporting()?.knownAcknowledgements(key);

  /** For a day without the collector: keeps what concerns the policies that this person must accept. */
  const keepForThisPc = (key: string, known: readonly KnownAcknowledgement[]) => {
    const state = records.state();
    if (state === undefined) return;
    const concerned = new Set(lastFacts?.packs.map(({ manifest }) => manifest.id));
    const kept = known.filter(({ policyId }) => concerned.has(policyId));
    void saveKnownAcknowledgements(state.receipts, key, kept);
  };

  /** No receipt on this PC spares the person, so the gate will ask the collector in any case. */
  const askAhead = ({ receipts }: PersonStore, { account }: SignedInAccount): void => {
    const key = accountKey(account);
    if (receipts.forAccount(key).length === 0) knownAhead = askKnown(key);
  };
  let isFirst = true;

  return {
    readAhead: () => {
      const person = signedIn.person();
      if (ahead !== undefined || person === undefined || !config().gate.enabled) return;
      const chosen = audienceOf(person);
      if (chosen.isExcluded) return;
      audience = chosen.audience;
      ahead = startAhead();
    },
    read: async () => {
      knownAhead = undefined;
      const account = await signedIn.read();
      const chosen = account.ok ? audienceOf(account.value) : { isExcluded: false, audience };
      // Read it once: a change of the switch during the reading counts at the next reading, as a whole.
      const gateEnabled = config().gate.enabled;
      const isAsked = gateEnabled && !chosen.isExcluded;
      if (!account.ok && isAsked) return fail({ reason: 'account-unreadable', detail: account.error.reason });
      audience = chosen.audience;
      const opening = records.open().then((records) => {
        // While the policies are read, because a person waits for both at a first login.
        if (isFirst && isAsked && records.ok && account.ok) askAhead(records.value, account.value);
        isFirst = false;
        return records;
      });
      const [opened, read] = await Promise.all([opening, isAsked ? takePolicies() : noPolicies]);
      if (opened.ok) options.onRecordsOpen();
      else if (isAsked) return fail({ reason: 'records-unreadable', detail: opened.error });
      // A user who is not asked needs no records. The switch is the school's way out when the records cannot be read.
      else options.onFault({ fault: 'records-unreadable', subject: 'records', reason: opened.error });

      const now = nowUtc();
      const today = read.areInEffect === true ? undefined : calendarDateAt(now, schoolTimeZone);
      const packs = currentPacks(read.packs, audience, today);
      if (packs.length === 0 && read.problem !== undefined) {
        return fail({ reason: 'policy-unreadable', detail: read.problem });
      }
      const openedBefore = options.openedBefore();
      const facts: GateFacts = {
        gateEnabled,
        excluded: chosen.isExcluded,
        packs,
        allPacks: read.packs,
        receipts:
          opened.ok && account.ok ? opened.value.receipts.forAccount(accountKey(account.value.account)) : [],
        known: [],
        loginId: account.ok ? account.value.loginId : '',
        ...(openedBefore === undefined ? {} : { openedBefore }),
        now,
        timeZone: schoolTimeZone,
      };
      lastFacts = facts;
      return succeed(facts);
    },
    askCollector: async () => {
      const account = signedIn.person()?.account;
      if (account === undefined) return undefined;
      const key = accountKey(account);
      const asked = knownAhead ?? askKnown(key);
      knownAhead = undefined;
      const known = await asked;
      wasUnanswered = known === undefined;
      lastKnown = known ?? lastKnown;
      keepForThisPc(key, known ?? []);
      return known;
    },
    takeUnansweredQuestion: () => {
      const was = wasUnanswered;
      wasUnanswered = false;
      return was;
    },
    mayBeAsked: () => {
      const person = signedIn.person();
      return config().gate.enabled && !(person !== undefined && audienceOf(person).isExcluded);
    },
    audience: () => audience,
    readPolicies,
    upcoming: () => {
      const account = signedIn.person()?.account;
      if (lastFacts === undefined || account === undefined) return [];
      const receipts = records.state()?.receipts.forAccount(accountKey(account)) ?? [];
      return upcomingRenewals(lastFacts.packs, [...receipts, ...lastKnown], { ...lastFacts, now: nowUtc() });
    },
  };
}
