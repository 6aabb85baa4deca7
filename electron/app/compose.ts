/** The composition root: builds the agent by hand, as a list of features. */
import type { GateState } from '../../shared/ipc/gate.ts';
import type { GateOpening } from '../../shared/wire/events.ts';
import type { Refusal } from '../ipc/register.ts';
import { type ClientCertificateRule, clientCertificateRule } from '../platform/network/client-certificate.ts';
import type { AgentContext, AgentProcess } from '../services/agent-context.ts';
import { createAgreements } from '../services/agreements/agreements-service.ts';
import { createKeptTexts } from '../services/agreements/kept-texts.ts';
import type { Feature, SystemChange } from '../services/feature.ts';
import { createGateFeature } from '../services/gate/gate-feature.ts';
import { createLockNow } from '../services/idle/lock-now.ts';
import { refusedLocks } from '../services/instance/claim-instance.ts';
import { watchLogon } from '../services/logon/watch-logon.ts';
import { createConfigFeature } from '../services/managed-config/config-feature.ts';
import { createPersonStoreFeature } from '../services/person-store/person-store-feature.ts';
import type { Announcement } from '../services/policies/new-versions.ts';
import { createPoliciesFeature } from '../services/policies/policies-feature.ts';
import { startPolicies } from '../services/policies/start-policies.ts';
import { createAgentStartedFeature } from '../services/reporting/agent-started-feature.ts';
import { createReports } from '../services/reporting/reports.ts';
import type { FirstScreen } from '../windows/first-screen.ts';
import type { PrewarmedWindow } from '../windows/prewarmed-window.ts';
import type { StartedBy } from './command-line.ts';
import { createContext } from './create-context.ts';
import { runFeatures } from './run-features.ts';
import { createSystemFeature } from './system-feature.ts';
import { createGateSurface } from './user-interface/gate-surface.ts';
import { createIdleFeature, type IdleWarningFlag } from './user-interface/idle-feature.ts';
import { createMediaFeature } from './user-interface/media-feature.ts';
import { createProblemFeature } from './user-interface/problem-feature.ts';
import { createUserInterface } from './user-interface/user-interface.ts';

export interface AgentOptions extends AgentProcess {
  readonly startedBy: StartedBy;
  /** Names the server that may get a client certificate; undefined: no server gets one. */
  readonly nameClientCertificate: (rule: ClientCertificateRule | undefined) => void;
  /** Folders whose lock an agent outside this login session holds; 0 as a rule. */
  readonly passedOverLocks: number;
  readonly systemLanguages: readonly string[];
  /** The prewarmed window of the gate. The agent takes it or discards it. */
  readonly prewarmed: PrewarmedWindow;
  readonly firstScreen: FirstScreen<GateState>;
  /** Shows a message that a user must see although no window of the agent is open. */
  readonly showError: (title: string, text: string) => void;
  /** Shows a message with a choice in the system's own box. Resolves with whether the user wants to read now. */
  readonly announce: (announcement: Announcement, signal: AbortSignal) => Promise<boolean>;
  /** A screen of the gate has been painted. */
  readonly onPainted: (screen: string) => void;
  readonly onOpened: (how: GateOpening) => void;
  /** This many warnings of removable media are on the screen. */
  readonly onMediaWarning: (warnings: number) => void;
}

export interface Agent {
  /**
   * Resolves when the gate is open or on the screen and every feature has started. `not-here`: a watchdog started this
   * agent, but no agent has run in this login; the caller must end it.
   */
  start(): Promise<'started' | 'not-here'>;
  /** A watchdog has found this agent alive. */
  noteWatchdog(watchdogDelaySeconds: number): void;
  /** Answers a second start of the program: shows that the first is running. */
  showStatus(): void;
  /**
   * What the system reports about sleep and the lock screen. `suspending` returns when the agent has done what it can.
   */
  noteSystem(change: SystemChange): void;
  /** Ends in order: writes what waits, and leaves no window, timer or lock. */
  stop(): Promise<void>;
}

export async function composeAgent(options: AgentOptions): Promise<Agent> {
  const { startedBy, prewarmed, firstScreen } = options;
  const features: Feature[] = [];
  const reports = createReports(options.log);
  const running = runFeatures(features, reports.onFault);
  const { context, replaceConfig } = await createContext({
    ...options,
    reports,
    capabilities: running.capabilities,
  });
  applyToProcess(context, options);
  const onRefused = ({ window, channel, reason }: Refusal) =>
    context.onFault({ fault: 'ipc-refused', subject: `${window}: ${channel}`, reason });
  const system = createSystemFeature(context, startedBy.watchdogDelaySeconds);
  const logon = watchLogon(context, startedBy.atLogon);
  const personStore = createPersonStoreFeature(context, {
    recordIn: reports.recordIn,
    logon: logon.current,
    isRunning: running.isRunning,
  });
  const policies = startPolicies(context, personStore);
  const texts = createKeptTexts(context, personStore);
  const idleWarning: IdleWarningFlag = { isShown: () => false };
  const surface = createGateSurface(context, prewarmed, () => idleWarning.isShown());
  const gate = createGateFeature(context, {
    startedBy,
    personStore,
    policies,
    keepText: texts.keep,
    surface,
    onPainted: (screen) => {
      logon.notePainted();
      options.onPainted(screen);
    },
  });
  gate.opened.subscribe((how) => {
    logon.noteOpened();
    options.onOpened(how);
  });
  personStore.opened.subscribe(() => void logon.current());
  const idle = createIdleFeature(context, { gate, personStore, warning: idleWarning, onRefused });
  const media = createMediaFeature(context, {
    gate,
    personStore,
    onRefused,
    onPainted: options.onMediaWarning,
  });
  const problem = createProblemFeature(context, onRefused);
  const userInterface = createUserInterface(context, {
    gate,
    surface,
    firstScreen,
    personStore,
    agreements: createAgreements(context, { personStore, gate, texts }),
    idle,
    media,
    problem,
    lockNow: createLockNow({
      ...context,
      lock: context.platform.lock,
      language: () => context.language.current(),
      showError: options.showError,
    }),
    onRefused,
  });

  // In the order of their start; they stop in reverse.
  features.push(
    system,
    personStore,
    gate,
    userInterface,
    idle,
    createPoliciesFeature(context, { policies, gate, announce: options.announce }),
    createAgentStartedFeature(context, personStore),
    media,
    problem,
    createConfigFeature(context, { replaceConfig, applyChanges: running.applyChanges }),
  );
  return {
    start: async () => {
      const starting = running.start();
      // The disk and the renderer process have work now, and this process would only wait for them.
      if (context.config().gate.enabled) firstScreen.prepare();
      const started = await starting;
      logon.noteStarted();
      return started;
    },
    noteWatchdog: system.noteWatchdog,
    showStatus: () => {
      if (!gate.isShut()) userInterface.openAbout();
    },
    noteSystem: running.noteSystem,
    stop: () => {
      // First of all: while a slow feature ends, no countdown may sign the user out, and no warning may lock.
      gate.service.stop();
      idle.stop();
      return running.stop();
    },
  };
}

/** What the process itself has to know of the configuration, and what it has to report. */
function applyToProcess({ config, onFault }: AgentContext, options: AgentOptions): void {
  const { collectorUrl, clientCertificateIssuer } = config();
  options.nameClientCertificate(clientCertificateRule(collectorUrl, clientCertificateIssuer));
  if (options.passedOverLocks > 0) onFault(refusedLocks(options.passedOverLocks));
}
