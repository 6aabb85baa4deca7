/** The gate as a feature: it covers the desktop at login, decides, and stays until the user has answered. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { uptime } from 'node:os';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { createSignal, type Signal } from '../../../shared/lib/signal.ts';
import { fillPlaceholders } from '../../../shared/policy/fill-placeholders.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import type { Capability, EventData, GateOpening } from '../../../shared/wire/events.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { AgentContext } from '../agent-context.ts';
import type { Feature } from '../feature.ts';
import type { PersonStoreFeature } from '../person-store/person-store-feature.ts';
import type { Policies } from '../policies/policies-service.ts';
import { createGateFacts, type GateFactsSource } from './gate-facts.ts';
import { createGateInLogin, type StartedBy } from './gate-in-login.ts';
import type { GateOptions } from './gate-ports.ts';
import { createGateService, type GateService } from './gate-service.ts';
import { type AnswerRecordsOptions, createAnswerRecords } from './record-answers.ts';
import { createInterruptionReports } from './report-interruptions.ts';

type Interruption = EventData<'porthor.gate.interrupted.v1'>['what'];

/** What covers the desktop. */
export interface GateSurface {
  show(): void;
  hide(): void;
  /** The gate's page has painted. */
  notePainted(): void;
  /** What the agent knows of its windows. */
  capabilities(): readonly Capability[];
  /** Discards a prewarmed window that the gate did not take. */
  discardPrewarmed(): void;
  readonly interrupted: Signal<[what: Interruption, detail: string]>;
  readonly regained: Signal<[what: Interruption]>;
  /** The user leaves the demonstration. */
  readonly demonstrationLeft: Signal;
}

export interface GateFeature extends Feature {
  readonly service: GateService;
  /** True while no user may work: the gate is on the screen, or not decided yet. */
  isShut(): boolean;
  /** The gate was opened in this login before the agent restarted, and has not been shut since. */
  wasOpenBeforeRestart(): boolean;
  /** The gate has been shown. */
  readonly shown: Signal;
  readonly opened: Signal<[how: GateOpening]>;
  readonly audience: GateFactsSource['audience'];
  readonly readPolicies: GateFactsSource['readPolicies'];
  readonly upcoming: GateFactsSource['upcoming'];
}

interface Options {
  readonly startedBy: StartedBy;
  readonly personStore: PersonStoreFeature;
  readonly policies: Policies;
  readonly keepText: AnswerRecordsOptions['keepText'];
  readonly surface: GateSurface;
  /** A screen of the gate has been painted. */
  readonly onPainted: (screen: string) => void;
}

/**
 * The facts may come from a share or a directory. If that takes longer than this, the gate covers the desktop
 * meanwhile.
 */
const coverUndecidedMs = 2000;
/** A page that does not paint must not keep the tray icon away, because the icon shows that the agent is running. */
const settledWithoutPaintMs = 5000;

export function createGateFeature(context: AgentContext, options: Options): GateFeature {
  const { config, onFault, signedIn, platform } = context;
  const { personStore, policies, surface } = options;
  const shown = createSignal();
  const opened = createSignal<[how: GateOpening]>();
  const painted = createSignal();
  let isStopped = false;

  const inLogin = createGateInLogin({
    ...context,
    startedBy: options.startedBy,
    state: personStore.state,
    person: signedIn.person,
    openAfterCrashes: () => config().gate.openAfterCrashes,
    gate: () => service,
    upSeconds: uptime,
  });
  const isShut = () => service.opening() === undefined;
  /** Do not cover a user at work while the agent waits once more for policies that never came. */
  const coverAtLogin = () => {
    if (isShut()) surface.show();
  };
  const facts = createGateFacts({
    config,
    signedIn,
    records: personStore,
    policies,
    openedBefore: inLogin.openedBefore,
    onWaiting: coverAtLogin,
    onRecordsOpen: () => personStore.opened.emit(),
    onFault,
    nowUtc: context.nowUtc,
  });

  const service = createGateService(
    {
      clock: platform.clock,
      readFacts: facts.read,
      askCollector: facts.askCollector,
      ...answerRecords(context, options, facts.audience),
      leave: (how) => leaveSession(context, how),
      showWindows: () => {
        inLogin.noteShown();
        shown.emit();
        surface.show();
      },
      hideWindows: () => surface.hide(),
      setLanguage: (chosen) => context.language.set(chosen),
      notePainted: (screen) => {
        surface.notePainted();
        if (screen !== 'checking') painted.emit();
        options.onPainted(screen);
      },
      isBreakGlassCode: (code) => isCodeOf(config().gate.breakGlassCodeSha256, code),
      onOpened: (how, due) => {
        opened.emit(how);
        inLogin.noteOpened(how);
        reportOpening(context, how, due);
      },
    },
    gateServiceSettings(context),
  );

  const watched = reportSurface(context, surface, () => void inLogin.noteCrash());
  const firstPaint = createFirstPaint(platform.clock, painted);
  const endings = [
    firstPaint.end,
    ...watched.endings,
    surface.demonstrationLeft.subscribe(() => service.leaveDemonstration()),
    personStore.opened.subscribe(() => inLogin.watch()),
    // The network is often there only seconds after the login. Ask again what a shut gate asked without it.
    personStore.delivery.subscribe(({ isReached }) => {
      if (!isReached || !isShut() || !facts.takeUnansweredQuestion()) return;
      policies.wake();
      void service.reconsider(false);
    }),
  ];

  return {
    name: 'gate',
    startsAt: 'login',
    service,
    isShut,
    wasOpenBeforeRestart: () => inLogin.openedBefore() !== undefined,
    shown,
    opened,
    audience: facts.audience,
    readPolicies: facts.readPolicies,
    upcoming: facts.upcoming,
    start: async () => {
      const stopCoverTimer = platform.clock.setTimer(coverUndecidedMs, () => {
        // An agent that replaces a dead one may yet have to end, and must not have covered anything then.
        if (facts.mayBeAsked() && inLogin.mayCover()) coverAtLogin();
      });
      endings.push(stopCoverTimer);
      await signedIn.read();
      if (isStopped) return undefined;
      facts.readAhead();
      await personStore.open();
      inLogin.watch();
      if (inLogin.isNotHere()) {
        stopCoverTimer();
        surface.discardPrewarmed();
        return 'not-here';
      }
      inLogin.noteHere();
      if (isShut()) await service.start();
      stopCoverTimer();
      surface.discardPrewarmed();
      if (isShut()) await firstPaint.wait();
      return undefined;
    },
    capabilities: () => surface.capabilities(),
    onSystem: (change) => {
      if (change === 'session-ending') watched.noteSessionEnding();
    },
    // A shut gate applies the change at once; an open gate stays open until the next login.
    onConfigChanged: async (changes) => {
      if (changes.concernGate) await service.reconsider(false);
    },
    stop: async () => {
      isStopped = true;
      service.stop();
      for (const end of endings) end();
      surface.discardPrewarmed();
      await inLogin.noteEnd();
    },
  };
}

function isCodeOf(sha256Hex: string, code: string): boolean {
  const wanted = Buffer.from(sha256Hex, 'hex');
  const typed = createHash('sha256').update(code, 'utf8').digest();
  return wanted.length === typed.length && timingSafeEqual(wanted, typed);
}

function answerRecords(
  { signedIn, machine, agentVersion, platform, ...reports }: AgentContext,
  { personStore, keepText }: Options,
  audience: GateFactsSource['audience'],
) {
  return createAnswerRecords({
    state: personStore.state,
    person: signedIn.person,
    audience,
    machine,
    agentVersion,
    clock: platform.clock,
    reports,
    keepText,
  });
}

function gateServiceSettings({ config, demonstration }: AgentContext): GateOptions {
  const { onDecline, declineCountdownSeconds, breakGlassCodeSha256 } = config().gate;
  return {
    settings: { onDecline, declineCountdownSeconds },
    demonstration,
    breakGlassAvailable: breakGlassCodeSha256 !== '',
    fill: (markdown, language) =>
      fillPlaceholders(markdown, language, { siteName: config().siteName, contact: config().contact }),
  };
}

/** `wait` resolves when the gate's page has painted, or is too late, or when `end` was called. */
function createFirstPaint(clock: Clock, painted: Signal) {
  let hasPainted = false;
  const settled = createSignal();
  const stopListening = painted.subscribe(() => {
    hasPainted = true;
    settled.emit();
  });
  return {
    wait: (): Promise<void> =>
      new Promise((resolve) => {
        if (hasPainted) return resolve();
        const stopTimer = clock.setTimer(settledWithoutPaintMs, settled.emit);
        const stopWaiting = settled.subscribe(() => {
          stopTimer();
          stopWaiting();
          resolve();
        });
      }),
    end: (): void => {
      stopListening();
      settled.emit();
    },
  };
}

/** Reports nothing while the account is unknown: the event names it. */
function reportOpening(context: AgentContext, how: GateOpening, due: readonly DuePolicy[]): void {
  context.log(`gate: open: ${how}`);
  const account = context.account();
  if (account === undefined) return;
  const policies = due.map(({ pack: { manifest } }) => ({
    policyId: manifest.id,
    policyVersion: manifest.version,
  }));
  void context.report({
    type: 'porthor.gate.opened.v1',
    subject: accountKey(account),
    data: { how, account, machine: context.machine, policies },
  });
}

async function leaveSession(
  { platform, log }: AgentContext,
  how: 'sign-out' | 'lock',
): Promise<Result<undefined, string>> {
  const left = how === 'sign-out' ? await platform.session.signOut() : await platform.lock.lock();
  if (left.ok) return succeed(undefined);
  log(`${how}: ${left.error.kind}: ${left.error.reason}`);
  return fail(left.error.reason);
}

/** Logs and reports what happens to the gate's windows, until the returned `endings` are called. */
function reportSurface(
  { platform, machine, report, log }: AgentContext,
  surface: GateSurface,
  onCrash: () => void,
) {
  const interruptions = createInterruptionReports({ clock: platform.clock, subject: machine.id, report });
  return {
    noteSessionEnding: interruptions.noteSessionEnding,
    endings: [
      surface.interrupted.subscribe((what, detail) => {
        log(`gate: interrupted: ${what}: ${detail}`);
        interruptions.lost(what, detail);
        // The gate ends a page that hangs, and counts it then.
        if (what === 'renderer-gone' && !interruptions.isSessionEnding()) onCrash();
      }),
      surface.regained.subscribe((what) => {
        log(`gate: regained: ${what}`);
        interruptions.regained(what);
      }),
    ],
  };
}
