/** The composition root: builds the agent by hand from its parts. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import { createTranslator } from '../../shared/i18n/translator.ts';
import { idleOff, type Status } from '../../shared/ipc/information.ts';
import { fail, succeed } from '../../shared/lib/result.ts';
import { fillPlaceholders } from '../../shared/policy/fill-placeholders.ts';
import { accountKey } from '../../shared/wire/account.ts';
import type { GateOpening } from '../../shared/wire/events.ts';
import type { Refusal } from '../ipc/register.ts';
import type { Platform } from '../platform/create-platform.ts';
import { createSignedIn } from '../services/account/signed-in.ts';
import { createAgreements } from '../services/agreements/agreements-service.ts';
import { createGateFacts } from '../services/gate/gate-facts.ts';
import { createGateInLogin } from '../services/gate/gate-in-login.ts';
import { createGateService, type GatePorts } from '../services/gate/gate-service.ts';
import { createAnswerRecords } from '../services/gate/record-answers.ts';
import { createInterruptionReports } from '../services/gate/report-interruptions.ts';
import type { EventParties } from '../services/idle/lock-events.ts';
import { createLockNow } from '../services/idle/lock-now.ts';
import { createLanguageChoice } from '../services/language.ts';
import { readMachine } from '../services/machine/read-machine.ts';
import type { ConfigChanges } from '../services/managed-config/apply-changes.ts';
import { expandVariables } from '../services/managed-config/expand-variables.ts';
import type { ConfigFollower } from '../services/managed-config/follow-config.ts';
import { readConfig } from '../services/managed-config/read-config.ts';
import { createPersonStoreService } from '../services/person-store/person-store-service.ts';
import { locateStateFolder } from '../services/person-store/state-folder.ts';
import type { Announcement, NewVersions } from '../services/policies/new-versions.ts';
import { startPolicies } from '../services/policies/policies-service.ts';
import type { Fetch } from '../services/reporting/collector-client.ts';
import { createReports } from '../services/reporting/reports.ts';
import type { SecretProtection } from '../storage/identity/secret-protection.ts';
import { openPreferences } from '../storage/preferences/preferences.ts';
import { fillsByFullScreen, type HeadStart } from '../windows/head-start.ts';
import { createCollectorFetch } from './collector-fetch.ts';
import { describeKeeper, type StartedBy } from './command-line.ts';
import type { IdleLock } from './user-interface/idle-lock.ts';
import { type InformationFacts, personName, toFrame } from './user-interface/information-views.ts';
import type { Media } from './user-interface/media.ts';
import type { ProblemWindow } from './user-interface/problem-window.ts';
import { createUserInterface, type UserInterface } from './user-interface/user-interface.ts';

export interface AgentOptions {
  readonly platform: Platform;
  readonly demonstration: boolean;
  readonly startedBy: StartedBy;
  readonly agentVersion: string;
  readonly folders: {
    readonly assets: string;
    readonly preload: string;
    /** The agent's own folder of this account; state stands in it unless the school names another. */
    readonly userData: string;
  };
  readonly systemLanguages: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly protection: SecretProtection;
  /** Requests through the system's proxy and trust store. */
  readonly fetch: Fetch;
  readonly log: (line: string) => void;
  /** A message that a person must see although no window of ours is open. */
  readonly showError: (title: string, text: string) => void;
  /** A message with a choice, in the system's own box; resolves with whether the person wants to read now. */
  readonly announce: (announcement: Announcement, signal: AbortSignal) => Promise<boolean>;
  readonly trayIconFile: (isDarkTaskbar: boolean) => string;
  readonly runtimeVersions: { readonly electron: string; readonly chrome: string; readonly node: string };
  /** A screen of the gate has been painted. */
  readonly onPainted: (screen: string) => void;
  readonly onOpened: (how: GateOpening) => void;
  /** This many warnings of removable media stand on the screen. */
  readonly onMediaWarning: (warnings: number) => void;
}

export interface Agent {
  /**
   * Resolves when the gate is open or on the screen. Takes the window that was started for it, or ends it. `not-here`: it
   * was started in place of an agent that died, and none has run in this login; it is to be ended.
   */
  start(headStart: HeadStart): Promise<'started' | 'not-here'>;
  /** Somebody who brings dead agents back has found this one alive. */
  noteKeeper(keptAfterSeconds: number): void;
  /** What a second start of the program does: shows that the first is there. */
  showStatus(): void;
  /** What the system tells of sleep and of the lock screen. `suspending` returns when all is done that can be. */
  noteSystem(change: 'suspending' | 'resumed' | 'locked' | 'unlocked'): void;
  /** Ends in order: what waits is written, and no window, timer or lock stays. */
  stop(): Promise<void>;
}

/** What decides may lie on a share, or with a directory: after this the desktop of whoever is asked is covered meanwhile. */
const coverUndecidedMs = 2000;
/** A page that does not paint must not keep the icon away, which says that the agent is there. */
const trayWithoutPaintMs = 5000;

export async function composeAgent(options: AgentOptions): Promise<Agent> {
  const { platform, log } = options;
  const { clock } = platform;
  const nowUtc = () => clock.nowUtc();

  let idleLock: IdleLock | undefined;
  let headStart: HeadStart | undefined;
  let media: Media | undefined;
  const reports = createReports(log);
  const { report, onFault } = reports;
  const ownFolder = { directory: options.folders.userData, nowUtc, onFault };

  const signedIn = createSignedIn(platform.account);
  const { person } = signedIn;
  // A directory may take its time to answer: the agent is put together meanwhile, and the desktop covered.
  const firstReading = signedIn.read();
  const [firstConfig, machine, preferences] = await Promise.all([
    readConfig(platform.managedConfig, ownFolder),
    readMachine(platform.machine, ownFolder),
    openPreferences(options.folders.userData, (reason) => log(`preferences: ${reason}`)),
  ]);
  /** As far as it holds for an agent that runs: whoever uses it later asks for it then. */
  let config = firstConfig;

  const language = createLanguageChoice({
    managed: config.language,
    saved: preferences.language(),
    system: options.systemLanguages,
    save: (chosen) => preferences.setLanguage(chosen),
  });
  let { keptAfterSeconds } = options.startedBy;
  const capabilities = () => [
    describeKeeper(keptAfterSeconds),
    platform.account.capability(),
    platform.machine.capability(),
    platform.session.capability(),
    platform.lock.capability(),
    platform.managedConfig.capability(),
    ...(idleLock === undefined
      ? []
      : [idleLock.sensors.idle.capability(), idleLock.sensors.presence.capability()]),
    ...(media?.capabilities() ?? []),
  ];

  const stateFolder = () =>
    locateStateFolder(
      {
        configured: firstConfig.stateDirectory,
        ownFolder: options.folders.userData,
        environment: options.environment,
        machine,
      },
      person()?.account,
    );
  const fetch = createCollectorFetch({
    config,
    networkSession: 'collector',
    environment: options.environment,
    fetch: options.fetch,
    nowUtc,
    onFault,
  });
  const policies = startPolicies({
    config,
    appliesAtOnce: () => config.policy.applyNewVersion === 'at-once',
    schoolDirectory: expandVariables(config.policy.directory, options.environment),
    shippedDirectory: join(options.folders.assets, 'policies'),
    ownDirectory: options.folders.userData,
    stateDirectory: () => stateFolder()?.directory ?? options.folders.userData,
    clock,
    fetch,
    onFault,
  });

  const records = createPersonStoreService({
    stateFolder,
    config: () => config,
    machine,
    agentVersion: options.agentVersion,
    capabilities,
    clock,
    protection: options.protection,
    fetch,
    maySendOrphanedOutboxes: () => isStarted && !stopped,
    onOpened: ({ outbox }) => reports.recordIn(outbox, machine),
    onDelivery: ({ isReached }) => {
      ui.refresh();
      if (isReached) collectorReached();
    },
    onFault,
    onOutboxFault: reports.logFault,
    log,
  });

  const gateInLogin = createGateInLogin({
    startedBy: options.startedBy,
    state: records.state,
    person,
    openAfterCrashes: () => config.gate.openAfterCrashes,
    gate: () => gate,
    onFault,
    nowUtc,
  });
  // Who is at work already is not covered while policies that never came are waited for once more.
  const coverAtLogin = () => {
    if (gate.opening() === undefined) ui.gateWindows.show();
  };
  const facts = createGateFacts({
    config: () => config,
    signedIn,
    records,
    policies,
    openedBefore: gateInLogin.openedBefore,
    onWaiting: coverAtLogin,
    onRecordsOpen: () => recordsAreOpen(),
    onFault,
    nowUtc,
  });
  /** The network is often there only seconds after the login: what was asked without it is asked again for a shut gate. */
  const collectorReached = () => {
    if (gate.opening() !== undefined || !facts.takeAskedInVain()) return;
    policies.wake();
    void gate.reconsider(false);
  };

  /** Told while the gate is open: in front of it there is something nearer to do. */
  const upcoming = (): InformationFacts['upcoming'] =>
    gate.opening() === undefined
      ? []
      : facts.upcoming().map(({ pack, dueOn }) => ({ title: pack.manifest.title, dueOn }));

  let noteFirstPaint = () => {};
  const firstPaint = new Promise<void>((resolve) => {
    noteFirstPaint = resolve;
  });
  let callOffTray = () => {};
  let callOffCover = () => {};

  const schoolDetails = () => ({ siteName: config.siteName, contact: config.contact });
  const gatePorts: GatePorts = {
    clock,
    readFacts: facts.read,
    askCollector: facts.askCollector,
    ...createAnswerRecords({
      state: records.state,
      person,
      audience: facts.audience,
      machine,
      agentVersion: options.agentVersion,
      clock,
      reports,
      // Whatever becomes of the text, the acceptance is on disk, and nobody is kept before a gate that they have opened.
      keepText: (...kept) =>
        agreements.keep(...kept).catch((error: unknown) => log(`agreements: ${String(error)}`)),
    }),
    leave: async (how) => {
      const left = how === 'sign-out' ? await platform.session.signOut() : await platform.lock.lock();
      if (left.ok) return succeed(undefined);
      log(`${how}: ${left.error.kind}: ${left.error.reason}`);
      return fail(left.error.reason);
    },
    showWindows: () => {
      gateInLogin.noteShown();
      media?.holdWarnings();
      ui.gateWindows.show();
    },
    hideWindows: () => ui.gateWindows.hide(),
    setLanguage: (chosen) => language.set(chosen),
    notePainted: (screen) => {
      ui.gateWindows.notePainted();
      if (screen !== 'checking') noteFirstPaint();
      options.onPainted(screen);
    },
    isBreakGlassCode: (code) => isCodeOf(config.gate.breakGlassCodeSha256, code),
    onOpened: (how, policies) => {
      log(`gate: open: ${how}`);
      options.onOpened(how);
      media?.allowWarnings();
      gateInLogin.noteOpened(how);
      const account = person();
      if (account === undefined) return;
      void report({
        type: 'porthor.gate.opened.v1',
        subject: accountKey(account.account),
        data: {
          how,
          account: account.account,
          machine,
          policies: policies.map(({ pack }) => ({
            policyId: pack.manifest.id,
            policyVersion: pack.manifest.version,
          })),
        },
      });
    },
  };
  const gate = createGateService(gatePorts, {
    settings: {
      onDecline: config.gate.onDecline,
      declineCountdownSeconds: config.gate.declineCountdownSeconds,
    },
    demonstration: options.demonstration,
    breakGlassAvailable: config.gate.breakGlassCodeSha256 !== '',
    fill: (markdown, shownIn) => fillPlaceholders(markdown, shownIn, schoolDetails()),
  });

  const status = (): Status => {
    const opening = gate.opening();
    const delivery = records.reporting()?.sender.status();
    return {
      gate: opening === undefined ? 'waiting-for-person' : opening === 'gate-disabled' ? 'off' : 'open',
      gateOpenedHow: opening ?? '',
      collector: delivery?.collector ?? (config.collectorUrl === '' ? 'not-configured' : 'not-reached'),
      collectorReachedAt: delivery?.reachedAt ?? '',
      queueLength: records.state()?.outbox.pendingCount() ?? 0,
      idle: idleLock?.status() ?? idleOff,
    };
  };

  const informationFacts = (): InformationFacts => {
    const account = person()?.account;
    return {
      config,
      language: language.current(),
      account,
      machine,
      agreements: agreements.list(),
      status: status(),
      upcoming: upcoming(),
      capabilities: capabilities(),
      agentVersion: options.agentVersion,
      runtimeVersion: `Electron ${options.runtimeVersions.electron}`,
    };
  };

  const agreements = createAgreements({
    stateDirectory: () => records.state()?.directory,
    receipts: () => {
      const account = person()?.account;
      return account === undefined ? [] : (records.state()?.receipts.forAccount(accountKey(account)) ?? []);
    },
    askCollector: async () => {
      const account = person()?.account;
      return account === undefined
        ? undefined
        : records.reporting()?.knownAcknowledgements(accountKey(account));
    },
    readPacks: async () => (await facts.readPolicies()).packs,
    details: schoolDetails,
    language: () => language.current(),
    nowUtc,
    onFault,
    onChanged: () => ui.refresh(),
    log,
  });

  let isStartReported = false;
  const reportStart = async (): Promise<void> => {
    const account = person();
    if (isStartReported || records.state() === undefined || account === undefined) return;
    isStartReported = true;
    await report({
      type: 'porthor.agent.started.v1',
      subject: machine.id,
      data: {
        agentVersion: options.agentVersion,
        runtime: options.runtimeVersions,
        machine,
        account: account.account,
        capabilities: capabilities(),
      },
    });
  };

  const parties = (): EventParties | undefined => {
    const account = person()?.account;
    return account === undefined ? undefined : { subject: accountKey(account), account, machine };
  };
  const lockNow = createLockNow({
    lock: platform.lock,
    parties,
    report,
    language: () => language.current(),
    showError: options.showError,
    log,
  });
  const interruptions = createInterruptionReports({ clock, subject: machine.id, report });
  const onRefused = ({ window, channel, reason }: Refusal) =>
    onFault({ fault: 'ipc-refused', subject: `${window}: ${channel}`, reason });
  const ui: UserInterface = createUserInterface({
    folders: options.folders,
    takeHeadStart: () => headStart?.take(),
    config: () => config,
    clock,
    demonstration: options.demonstration,
    fullScreen: fillsByFullScreen(platform.os),
    language,
    trayIconFile: options.trayIconFile,
    gateHandlers: gate.handlers,
    gateView: () => ({
      ...toFrame(config, language.current()),
      person: personName(person()?.account),
      suggestedFullName: person()?.account.displayName ?? '',
      demonstration: options.demonstration,
      breakGlassAvailable: config.gate.breakGlassCodeSha256 !== '',
      onDecline: config.gate.onDecline,
      declineCountdownSeconds: config.gate.declineCountdownSeconds,
      screen: gate.screen(),
    }),
    facts: informationFacts,
    gateEvents: {
      onInterrupted: (what, detail) => {
        log(`gate: interrupted: ${what}: ${detail}`);
        interruptions.lost(what, detail);
        // A page that hangs is ended, and counts then.
        if (what === 'renderer-gone') void gateInLogin.noteCrash();
      },
      onRegained: (what) => {
        log(`gate: regained: ${what}`);
        interruptions.regained(what);
      },
      onDemonstrationLeft: () => gate.leaveDemonstration(),
    },
    pluggedIn: () => media?.pluggedIn() ?? [],
    mediaAnswers: () => media?.answers() ?? [],
    showMediaWarning: () => media?.showWarning(),
    agreements,
    lockNow: () => void lockNow(),
    reportProblem: () => void openProblemWindow(),
    isWarning: () => idleLock?.isWarning() ?? false,
    leaveDemonstration: () => gate.leaveDemonstration(),
    onRefused,
    log,
  });
  language.onChanged(() => {
    ui.refresh();
    media?.refresh();
    problemWindow?.refresh();
  });
  gate.onChanged(() => ui.refresh());

  let problemWindow: ProblemWindow | undefined;
  /** Loaded when somebody asks for it. */
  const openProblemWindow = async (): Promise<void> => {
    const { startProblem } = await import('./user-interface/problem-window.ts');
    if (stopped) return;
    problemWindow ??= startProblem({
      pc: { platform, protection: options.protection, ownFolder: options.folders.userData },
      config: () => config,
      preloadFolder: options.folders.preload,
      language,
      parties,
      report,
      onRefused,
      log,
    });
    problemWindow.open();
  };

  let newVersions: NewVersions | undefined;
  /** The school's policies may be other ones than before. With `next-login` that waits, as the name says. */
  const policiesChanged = () => newVersions?.check();
  const watchForNewVersions = async (): Promise<void> => {
    if (config.policy.applyNewVersion !== 'at-once' || stopped) return;
    const { startNewVersions } = await import('../services/policies/new-versions.ts');
    if (stopped) return;
    newVersions = startNewVersions({
      clock,
      newlyDue: () => gate.newlyDue(),
      shut: () => gate.reconsider(true),
      translator: () => createTranslator(language.current()),
      announce: options.announce,
      log,
    });
  };

  /** At the gate too: whoever finds a PC left there could answer in another person's name. */
  const startIdleLock = async (): Promise<void> => {
    if (!config.idle.enabled) return;
    const { startIdle } = await import('./user-interface/idle-lock.ts');
    idleLock = await startIdle({
      platform,
      config: () => config,
      folders: options.folders,
      language,
      settings: () => records.state()?.settings,
      parties,
      isGateShut: () => gate.opening() === undefined,
      report,
      onFault,
      onRefused,
      onChanged: () => ui.refresh(),
      log,
    });
    if (stopped) idleLock.stop();
  };
  let stopped = false;
  /** Loaded when the gate has painted: what is plugged in is not what a person waits for at login. */
  const watchMedia = async (): Promise<void> => {
    const state = records.state();
    if (config.media.mode === 'off' || state === undefined) return;
    const [{ startMedia }, ports] = await Promise.all([
      import('./user-interface/media.ts'),
      platform.removableMedia(),
    ]);
    if (stopped) return;
    media = await startMedia({
      ports,
      session: platform.session,
      config: () => config,
      machine,
      clock,
      language,
      preloadFolder: options.folders.preload,
      stateDirectory: state.directory,
      reporting: records.reporting(),
      account: () => person()?.account,
      report,
      onFault,
      onRefused,
      onChanged: () => ui.refresh(),
      onPainted: options.onMediaWarning,
      log,
    });
    if (gate.opening() !== undefined) media.allowWarnings();
  };
  let watching: Promise<void> | undefined;
  let isStarted = false;
  const startWatching = () => {
    watching ??= watchMedia().catch((error: unknown) =>
      onFault({ fault: 'media-not-watched', subject: 'media', reason: String(error) }),
    );
  };
  /** Also when they could not be opened at the start, and at last can: what needs them begins then. */
  const recordsAreOpen = () => {
    gateInLogin.watch();
    if (!isStarted || stopped) return;
    void reportStart();
    startWatching();
  };
  /** A shut gate tries again by itself; behind an open one nobody else would. */
  const openWhatWasUnreadable = async (): Promise<void> => {
    if (stopped || (person() !== undefined && records.state() !== undefined)) return;
    await signedIn.read();
    if ((await records.open()).ok) recordsAreOpen();
  };

  let configFollower: ConfigFollower | undefined;
  const applyConfig = async (changed: ManagedConfig, changes: ConfigChanges): Promise<void> => {
    config = changed;
    if (changes.includes('idle')) {
      idleLock?.stop();
      idleLock = undefined;
      await startIdleLock();
    }
    if (changes.includes('media')) {
      await watching;
      if (config.media.mode === 'off') {
        await media?.stop();
        media = undefined;
      } else if (media === undefined) await watchMedia();
      else media.settingsChanged();
    }
    if (changes.includes('policy.applyNewVersion')) {
      newVersions?.stop();
      newVersions = undefined;
      await watchForNewVersions();
      policies.wake();
    }
    if (stopped) return;
    ui.refresh();
    media?.refresh();
    problemWindow?.refresh();
    // A shut gate is put right at once; one that is open stays so until the next login.
    if (changes.concernGate) await gate.reconsider(false);
  };
  /** Last of all: what is changed must be there, and a login has no need of it. */
  const followConfig = async (): Promise<void> => {
    const { startConfig } = await import('../services/managed-config/apply-changes.ts');
    await watching;
    if (stopped) return;
    configFollower = startConfig({
      port: platform.managedConfig,
      clock,
      store: ownFolder,
      config,
      onChanged: applyConfig,
      log,
    });
  };
  let following: Promise<void> | undefined;

  return {
    start: async (startedWindow) => {
      headStart = startedWindow;
      callOffCover = clock.setTimer(coverUndecidedMs, () => {
        // In place of an agent that died it may yet have to go again, and has covered nothing then.
        if (facts.mayBeAsked() && gateInLogin.mayCover()) coverAtLogin();
      });
      await firstReading;
      if (stopped) return 'started';
      await records.open();
      gateInLogin.watch();
      if (gateInLogin.isNotHere()) {
        callOffCover();
        headStart.discard();
        return 'not-here';
      }
      gateInLogin.noteHere();
      if (gate.opening() === undefined) await gate.start();
      callOffCover();
      headStart.discard();
      // Nobody waits for the icon and the report; the page that somebody does wait for has the machine to itself.
      if (gate.opening() === undefined) {
        callOffTray = clock.setTimer(trayWithoutPaintMs, noteFirstPaint);
        await firstPaint;
        callOffTray();
      }
      ui.showTray();
      await startIdleLock().catch((error: unknown) =>
        onFault({ fault: 'idle-not-watched', subject: 'idle', reason: String(error) }),
      );
      await watchForNewVersions();
      if (stopped) return 'started';
      ui.refresh();
      policies.follow(facts.audience, (news) => {
        // An agent that was started anew in mid-lesson begins no new login.
        const atLogin = news.atLogin && gateInLogin.openedBefore() === undefined;
        log(`policies: new from the collector${atLogin ? ', for this login' : ''}`);
        // Nobody signs at a shut gate what the school has replaced, or never gave out.
        if (atLogin || gate.opening() === undefined) void gate.reconsider(atLogin);
        else policiesChanged();
      });
      isStarted = true;
      await reportStart();
      if (records.state() !== undefined) startWatching();
      following = followConfig().catch((error: unknown) => log(`config: not followed: ${String(error)}`));
      return 'started';
    },
    noteKeeper: (seconds) => {
      if (seconds === keptAfterSeconds) return;
      keptAfterSeconds = seconds;
      ui.refresh();
    },
    showStatus: () => {
      if (gate.opening() !== undefined) ui.openAbout();
    },
    noteSystem: (change) => {
      idleLock?.noteSystem(change);
      if (change === 'suspending') media?.fallAsleep();
      if (change === 'resumed') media?.wake();
      if (change === 'unlocked') media?.comeToFront();
      // The network may be back.
      if (change === 'resumed' || change === 'unlocked') {
        void openWhatWasUnreadable();
        configFollower?.check();
        records.reporting()?.sender.wake();
        policies.wake();
        policiesChanged();
      }
    },
    stop: async () => {
      stopped = true;
      idleLock?.stop();
      gate.stop();
      callOffTray();
      callOffCover();
      headStart?.discard();
      await following;
      await configFollower?.stop();
      await watching;
      newVersions?.stop();
      await media?.stop();
      policies.stop();
      problemWindow?.stop();
      ui.dispose();
      await records.stopSending();
      await gateInLogin.noteEnd();
      await records.close();
    },
  };
}

function isCodeOf(sha256Hex: string, code: string): boolean {
  const wanted = Buffer.from(sha256Hex, 'hex');
  const typed = createHash('sha256').update(code, 'utf8').digest();
  return wanted.length === typed.length && timingSafeEqual(wanted, typed);
}
