/** Judges what this PC answered to the self-check: which parts of Porthor work here, and how well. */
import {
  type SelfCheckFinding,
  type SelfCheckItem,
  type SelfCheckItemName,
  type SelfCheckOutcome,
  type SelfCheckReport,
  selfCheckItemNames,
} from '../../../shared/self-check/report.ts';
import type { Capability } from '../../../shared/wire/events.ts';

/** What a port said of itself and of the one question that it was asked. */
export interface PortFact {
  readonly level: Capability['level'];
  /** Why it is not `full`; else what was read, for the technician. */
  readonly detail: string;
  /** It was asked and gave no good answer. */
  readonly problem: { readonly kind: string; readonly reason: string } | undefined;
}

export type CollectorFact =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly aheadMs: number | undefined;
      /** What is wrong with the authority that the school has named, as the agent names its faults. */
      readonly authorityFaults: readonly string[];
    }
  | { readonly kind: 'no-answer'; readonly reason: string; readonly authorityFaults: readonly string[] }
  | { readonly kind: 'not-asked' };

export interface SelfCheckFacts {
  readonly configuration:
    | { readonly kind: 'loaded'; readonly detail: string }
    | { readonly kind: 'absent' }
    | { readonly kind: 'invalid' | 'unreadable'; readonly detail: string };
  /** What is switched on here; from the defaults where the configuration could not be read. */
  readonly wanted: {
    readonly idle: boolean;
    readonly media: boolean;
    readonly signOut: boolean;
    readonly secureCollector: boolean;
  };
  readonly ports: Readonly<
    Record<
      'account' | 'machine' | 'session' | 'idle' | 'presence' | 'usb' | 'volumes' | 'eject' | 'anti-virus',
      PortFact
    >
  >;
  readonly display: 'windows' | 'x11' | 'wayland' | 'none' | 'other';
  readonly lock: {
    readonly capability: Capability;
    readonly tried:
      | undefined
      | { readonly kind: 'confirmed' | 'requested' }
      | { readonly kind: 'failed'; readonly reason: string };
  };
  readonly systemLimit:
    | { readonly kind: 'read'; readonly seconds: number | undefined }
    | { readonly kind: 'failed'; readonly reason: string };
  readonly notifications: boolean;
  readonly secretStore: { readonly kind: 'real' | 'weak' | 'none'; readonly detail: string };
  readonly records: { readonly kind: 'writable' | 'full' | 'refused'; readonly detail: string };
  /** Undefined where no collector is set. */
  readonly proxy:
    | undefined
    | { readonly kind: 'direct' | 'proxy'; readonly detail: string }
    | { readonly kind: 'failed'; readonly reason: string };
  readonly collector: CollectorFact;
}

/** Beyond it, what a PC reports carries times that nobody can match with others. */
const clockToleranceMs = 120_000;

/** What it means for the school that a part is not to be had on this PC. */
const outcomeWithout: Readonly<Record<keyof SelfCheckFacts['ports'], SelfCheckOutcome>> = {
  account: 'failed',
  machine: 'degraded',
  session: 'failed',
  idle: 'failed',
  presence: 'degraded',
  usb: 'failed',
  volumes: 'failed',
  eject: 'degraded',
  // The scan is an offer; where nothing can be asked it is not made.
  'anti-virus': 'not-applicable',
};

type Judged = Omit<SelfCheckItem, 'name'>;

const found = (outcome: SelfCheckOutcome, finding: SelfCheckFinding, detail = ''): Judged => ({
  outcome,
  finding,
  detail,
});

/** One item for every name, in their order. Details are passed on as they came: whoever shows them takes out names first. */
export function judgeFacts(facts: SelfCheckFacts): readonly SelfCheckItem[] {
  const { ports, wanted } = facts;
  const port = (name: keyof typeof ports, isWanted = true): Judged =>
    isWanted ? judgePort(ports[name], outcomeWithout[name]) : found('not-applicable', 'switched-off');
  const judged: Readonly<Record<SelfCheckItemName, Judged>> = {
    configuration: judgeConfiguration(facts.configuration),
    account: port('account'),
    machine: port('machine'),
    display: judgeDisplay(facts.display),
    session: judgePort(ports.session, wanted.signOut ? outcomeWithout.session : 'degraded'),
    lock: judgeLock(facts.lock),
    idle: judgeIdle(port('idle', wanted.idle), facts.display),
    'system-limit': judgeSystemLimit(facts.systemLimit),
    presence: port('presence', wanted.idle),
    usb: port('usb', wanted.media),
    volumes: port('volumes', wanted.media),
    eject: port('eject', wanted.media),
    'anti-virus': port('anti-virus', wanted.media),
    notifications: facts.notifications ? found('ok', 'works') : found('degraded', 'unavailable'),
    'secret-store': judgeSecretStore(facts.secretStore),
    records: judgeRecords(facts.records),
    proxy: judgeProxy(facts.proxy),
    collector: judgeCollector(facts.collector),
    certificate: judgeCertificate(facts.collector, wanted.secureCollector),
    clock: judgeClock(facts.collector),
  };
  return selfCheckItemNames.map((name) => ({ name, ...judged[name] }));
}

/** The worst of all. What does not apply here, or was not tried, is no fault. */
export function worstOf(items: readonly SelfCheckItem[]): SelfCheckReport['result'] {
  if (items.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return items.some(({ outcome }) => outcome === 'degraded') ? 'degraded' : 'ok';
}

const exitCodes: Readonly<Record<SelfCheckReport['result'], number>> = { ok: 0, degraded: 1, failed: 2 };

/** What the command ends with, for a technician's scripts. */
export function exitCodeOf(result: SelfCheckReport['result']): number {
  return exitCodes[result];
}

function judgePort({ level, detail, problem }: PortFact, without: SelfCheckOutcome): Judged {
  if (problem !== undefined) {
    return problem.kind === 'none'
      ? found(without, 'unavailable', problem.reason)
      : found(without === 'not-applicable' ? 'degraded' : without, 'no-answer', problem.reason);
  }
  if (level === 'none') return found(without, 'unavailable', detail);
  return level === 'full' ? found('ok', 'works', detail) : found('degraded', 'partly', detail);
}

function judgeConfiguration(configuration: SelfCheckFacts['configuration']): Judged {
  switch (configuration.kind) {
    case 'loaded':
      return found('ok', 'works', configuration.detail);
    case 'absent':
      return found('degraded', 'configuration-absent');
    case 'invalid':
      return found('failed', 'configuration-wrong', configuration.detail);
    case 'unreadable':
      return found('failed', 'configuration-unreadable', configuration.detail);
  }
}

function judgeDisplay(display: SelfCheckFacts['display']): Judged {
  if (display === 'none') return found('degraded', 'display-absent');
  return display === 'wayland'
    ? found('degraded', 'display-wayland', display)
    : found('ok', 'works', display);
}

/** Where nobody sits at a display nobody's idle time is to be had: that says nothing of this PC. */
function judgeIdle(idle: Judged, display: SelfCheckFacts['display']): Judged {
  return display === 'none' && idle.finding === 'unavailable'
    ? found('degraded', 'needs-display', idle.detail)
    : idle;
}

function judgeLock({ capability, tried }: SelfCheckFacts['lock']): Judged {
  if (tried === undefined) {
    if (capability.level === 'none') return found('failed', 'unavailable', capability.reason);
    const outcome = capability.level === 'full' ? 'not-tried' : 'degraded';
    return found(outcome, 'lock-not-tried', capability.reason);
  }
  if (tried.kind === 'failed') return found('failed', 'lock-refused', tried.reason);
  return tried.kind === 'confirmed' ? found('ok', 'works') : found('degraded', 'lock-not-confirmed');
}

function judgeSystemLimit(limit: SelfCheckFacts['systemLimit']): Judged {
  if (limit.kind === 'failed') return found('degraded', 'no-answer', limit.reason);
  return limit.seconds === undefined
    ? found('ok', 'limit-not-set')
    : found('ok', 'limit-set', `${limit.seconds} s`);
}

function judgeSecretStore({ kind, detail }: SelfCheckFacts['secretStore']): Judged {
  if (kind === 'real') return found('ok', 'works', detail);
  return found('degraded', kind === 'weak' ? 'secrets-weak' : 'unavailable', detail);
}

function judgeRecords({ kind, detail }: SelfCheckFacts['records']): Judged {
  if (kind === 'writable') return found('ok', 'works', detail);
  return found('failed', kind === 'full' ? 'disk-full' : 'folder-not-writable', detail);
}

function judgeProxy(proxy: SelfCheckFacts['proxy']): Judged {
  if (proxy === undefined) return found('not-applicable', 'collector-not-set');
  if (proxy.kind === 'failed') return found('degraded', 'no-answer', proxy.reason);
  return found('ok', proxy.kind === 'direct' ? 'proxy-direct' : 'proxy-used', proxy.detail);
}

function judgeCollector(collector: CollectorFact): Judged {
  if (collector.kind === 'not-asked') return found('not-applicable', 'collector-not-set');
  if (collector.kind === 'no-answer') return found('failed', 'collector-not-reached', collector.reason);
  return collector.status === 200
    ? found('ok', 'works')
    : found('failed', 'collector-odd', `HTTP ${collector.status}`);
}

/** Chromium's names for what is wrong with a certificate or with what was agreed on encryption. */
const certificateProblem = /\bERR_(?:CERT|SSL|BAD_SSL)\w*/u;

function judgeCertificate(collector: CollectorFact, isSecure: boolean): Judged {
  if (collector.kind === 'not-asked') return found('not-applicable', 'collector-not-set');
  if (!isSecure) return found('not-applicable', 'certificate-not-used');
  const faults = collector.authorityFaults.join(', ');
  if (collector.kind === 'answered') {
    return faults === '' ? found('ok', 'works') : found('degraded', 'partly', faults);
  }
  const problem = certificateProblem.exec(collector.reason)?.[0];
  return problem === undefined
    ? found('not-applicable', 'not-known')
    : found('failed', 'certificate-refused', [problem, faults].filter((part) => part !== '').join('; '));
}

function judgeClock(collector: CollectorFact): Judged {
  if (collector.kind === 'not-asked') return found('not-applicable', 'collector-not-set');
  if (collector.kind === 'no-answer' || collector.aheadMs === undefined) {
    return found('not-applicable', 'not-known');
  }
  const seconds = Math.round(Math.abs(collector.aheadMs) / 1000);
  const detail = seconds === 0 ? '0 s' : `${seconds} s ${collector.aheadMs > 0 ? 'ahead' : 'behind'}`;
  return Math.abs(collector.aheadMs) > clockToleranceMs
    ? found('degraded', 'clock-wrong', detail)
    : found('ok', 'works', detail);
}
