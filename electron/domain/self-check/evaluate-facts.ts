/** Evaluates what this PC answered to the self-check: which parts of Porthor work here, and how well. */
import {
  type SelfCheckFinding,
  type SelfCheckItem,
  type SelfCheckItemName,
  type SelfCheckOutcome,
  type SelfCheckReport,
  selfCheckItemNames,
} from '../../../shared/self-check/report.ts';
import type { Capability, LogonToGate } from '../../../shared/wire/events.ts';

/** A port's capability, and its answer to the one question that it was asked. */
export interface PortFact {
  readonly level: Capability['level'];
  /** Why the level is not `full`; else what was read, for the technician. */
  readonly detail: string;
  /** The port was asked and gave no good answer. */
  readonly problem: { readonly kind: string; readonly reason: string } | undefined;
}

export type CollectorFact =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly aheadMs: number | undefined;
      /** Faults of the authority that the school has named, as the agent names them. */
      readonly authorityFaults: readonly string[];
    }
  | { readonly kind: 'no-answer'; readonly reason: string; readonly authorityFaults: readonly string[] }
  | { readonly kind: 'not-asked' };

export interface SelfCheckFacts {
  readonly configuration:
    | { readonly kind: 'loaded'; readonly detail: string }
    | { readonly kind: 'absent' }
    | { readonly kind: 'invalid' | 'unreadable'; readonly detail: string };
  /** What is switched on: the defaults where the configuration could not be read. */
  readonly wanted: {
    readonly idle: boolean;
    readonly media: boolean;
    readonly signOut: boolean;
    readonly secureCollector: boolean;
  };
  readonly ports: Readonly<
    Record<
      | 'account'
      | 'machine'
      | 'session'
      | 'idle'
      | 'presence'
      | 'usb'
      | 'volumes'
      | 'eject'
      | 'anti-virus'
      | 'notifications',
      PortFact
    >
  >;
  /** What the agent of the last logon measured; undefined where none has. */
  readonly logon: LogonToGate | undefined;
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
  readonly secretStore: { readonly kind: 'real' | 'weak' | 'none'; readonly detail: string };
  readonly records: { readonly kind: 'writable' | 'full' | 'refused'; readonly detail: string };
  /** Undefined where no collector is set. */
  readonly proxy:
    | undefined
    | { readonly kind: 'direct' | 'proxy'; readonly detail: string }
    | { readonly kind: 'failed'; readonly reason: string };
  readonly collector: CollectorFact;
}

/** Beyond it, the times in a PC's reports cannot be matched with those of other PCs. */
const clockToleranceMs = 120_000;

/** Chromium's names for errors of certificates and of encryption. */
const certificateProblem = /\bERR_(?:CERT|SSL|BAD_SSL)\w*/u;

/** A user has read mail and opened programs by then. */
const lateGateSeconds = 20;

/** What the school loses where a part is missing on this PC. */
const outcomeWithout: Readonly<Record<keyof SelfCheckFacts['ports'], SelfCheckOutcome>> = {
  account: 'failed',
  machine: 'degraded',
  session: 'failed',
  idle: 'failed',
  presence: 'degraded',
  usb: 'failed',
  volumes: 'failed',
  eject: 'degraded',
  // The scan is an offer: without an anti-virus Porthor does not make it.
  'anti-virus': 'not-applicable',
  notifications: 'degraded',
};

type Evaluated = Omit<SelfCheckItem, 'name'>;

const found = (outcome: SelfCheckOutcome, finding: SelfCheckFinding, detail = ''): Evaluated => ({
  outcome,
  finding,
  detail,
});

/** One item for every name, in their order. Details still hold names: the caller takes those out before it shows them. */
export function evaluateFacts(facts: SelfCheckFacts): readonly SelfCheckItem[] {
  const { ports, wanted } = facts;
  const port = (name: keyof typeof ports, isWanted = true): Evaluated =>
    isWanted ? evaluatePort(ports[name], outcomeWithout[name]) : found('not-applicable', 'switched-off');
  const evaluated: Readonly<Record<SelfCheckItemName, Evaluated>> = {
    configuration: evaluateConfiguration(facts.configuration),
    account: port('account'),
    machine: port('machine'),
    display: evaluateDisplay(facts.display),
    logon: evaluateLogon(facts.logon),
    session: evaluatePort(ports.session, wanted.signOut ? outcomeWithout.session : 'degraded'),
    lock: evaluateLock(facts.lock),
    idle: evaluateIdle(port('idle', wanted.idle), facts.display),
    'system-limit': evaluateSystemLimit(facts.systemLimit),
    presence: port('presence', wanted.idle),
    usb: port('usb', wanted.media),
    volumes: port('volumes', wanted.media),
    eject: port('eject', wanted.media),
    'anti-virus': port('anti-virus', wanted.media),
    notifications: port('notifications'),
    'secret-store': evaluateSecretStore(facts.secretStore),
    records: evaluateRecords(facts.records),
    proxy: evaluateProxy(facts.proxy),
    certificate: evaluateCertificate(facts.collector, wanted.secureCollector),
    collector: evaluateCollector(facts.collector),
    clock: evaluateClock(facts.collector),
  };
  return selfCheckItemNames.map((name) => ({ name, ...evaluated[name] }));
}

/** The worst outcome of all items. What does not apply here, or was not tried, is no fault. */
export function worstOf(items: readonly SelfCheckItem[]): SelfCheckReport['result'] {
  if (items.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return items.some(({ outcome }) => outcome === 'degraded') ? 'degraded' : 'ok';
}

const exitCodes: Readonly<Record<SelfCheckReport['result'], number>> = { ok: 0, degraded: 1, failed: 2 };

/** The exit code of the command, for a technician's scripts. */
export function exitCodeOf(result: SelfCheckReport['result']): number {
  return exitCodes[result];
}

function evaluatePort({ level, detail, problem }: PortFact, without: SelfCheckOutcome): Evaluated {
  const absent = (reason: string): Evaluated =>
    found(without, without === 'not-applicable' ? 'anti-virus-absent' : 'unavailable', reason);
  if (problem !== undefined) {
    return problem.kind === 'none'
      ? absent(problem.reason)
      : found(without === 'not-applicable' ? 'degraded' : without, 'no-answer', problem.reason);
  }
  if (level === 'none') return absent(detail);
  return level === 'full' ? found('ok', 'works', detail) : found('degraded', 'partly', detail);
}

function evaluateConfiguration(configuration: SelfCheckFacts['configuration']): Evaluated {
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

function evaluateDisplay(display: SelfCheckFacts['display']): Evaluated {
  if (display === 'none') return found('degraded', 'display-absent');
  return display === 'wayland'
    ? found('degraded', 'display-wayland', display)
    : found('ok', 'works', display);
}

function evaluateLogon(logon: SelfCheckFacts['logon']): Evaluated {
  if (logon === undefined) return found('not-applicable', 'logon-not-measured');
  const isLate = logon.secondsToGate > lateGateSeconds;
  return found(
    isLate ? 'degraded' : 'ok',
    isLate ? 'gate-late' : 'gate-in-time',
    `${logon.secondsToGate} s, ${logon.gate}`,
  );
}

/** A process without a display gets no idle time; that is no fault of this PC. */
function evaluateIdle(idle: Evaluated, display: SelfCheckFacts['display']): Evaluated {
  return display === 'none' && idle.finding === 'unavailable'
    ? found('degraded', 'needs-display', idle.detail)
    : idle;
}

function evaluateLock({ capability, tried }: SelfCheckFacts['lock']): Evaluated {
  if (tried === undefined) {
    if (capability.level === 'none') return found('failed', 'unavailable', capability.reason);
    const outcome = capability.level === 'full' ? 'not-tried' : 'degraded';
    return found(outcome, 'lock-not-tried', capability.reason);
  }
  if (tried.kind === 'failed') return found('failed', 'lock-refused', tried.reason);
  return tried.kind === 'confirmed' ? found('ok', 'works') : found('degraded', 'lock-not-confirmed');
}

function evaluateSystemLimit(limit: SelfCheckFacts['systemLimit']): Evaluated {
  if (limit.kind === 'failed') return found('degraded', 'no-answer', limit.reason);
  return limit.seconds === undefined
    ? found('ok', 'limit-not-set')
    : found('ok', 'limit-set', `${limit.seconds} s`);
}

function evaluateSecretStore({ kind, detail }: SelfCheckFacts['secretStore']): Evaluated {
  if (kind === 'real') return found('ok', 'works', detail);
  return found('degraded', kind === 'weak' ? 'secrets-weak' : 'unavailable', detail);
}

function evaluateRecords({ kind, detail }: SelfCheckFacts['records']): Evaluated {
  if (kind === 'writable') return found('ok', 'works', detail);
  return found('failed', kind === 'full' ? 'disk-full' : 'folder-not-writable', detail);
}

function evaluateProxy(proxy: SelfCheckFacts['proxy']): Evaluated {
  if (proxy === undefined) return found('not-applicable', 'collector-not-set');
  if (proxy.kind === 'failed') return found('degraded', 'no-answer', proxy.reason);
  return found('ok', proxy.kind === 'direct' ? 'proxy-direct' : 'proxy-used', proxy.detail);
}

function evaluateCollector(collector: CollectorFact): Evaluated {
  if (collector.kind === 'not-asked') return found('not-applicable', 'collector-not-set');
  if (collector.kind === 'no-answer') {
    const isTrusted = !certificateProblem.test(collector.reason);
    return found('failed', isTrusted ? 'collector-not-reached' : 'collector-not-trusted', collector.reason);
  }
  return collector.status === 200
    ? found('ok', 'works')
    : found('failed', 'collector-odd', `HTTP ${collector.status}`);
}

function evaluateCertificate(collector: CollectorFact, isSecure: boolean): Evaluated {
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

function evaluateClock(collector: CollectorFact): Evaluated {
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
