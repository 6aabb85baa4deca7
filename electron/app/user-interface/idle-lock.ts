/** Puts the idle lock together: sensors, warning windows and reports. Loaded when the gate has painted or opened. */
import { nativeTheme } from 'electron';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { StateOf } from '../../../shared/ipc/contract.ts';
import { type IdleWarningContract, idleWarningContract } from '../../../shared/ipc/idle-warning.ts';
import type { IdleStatus } from '../../../shared/ipc/information.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { Platform, Sensors } from '../../platform/create-platform.ts';
import { createIdleService } from '../../services/idle/idle-service.ts';
import { type EventParties, type LockOutcome, lockEvent } from '../../services/idle/lock-events.ts';
import type { LanguageChoice } from '../../services/language.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { createIdleWarningWindows } from '../../windows/idle-warning-windows.ts';
import { pageUrl } from '../../windows/open-page.ts';
import { toFrame } from './information-views.ts';

export interface IdleLock {
  readonly sensors: Sensors;
  noteSystem(change: 'suspending' | 'resumed' | 'locked' | 'unlocked'): void;
  /** A warning stands on the screen. */
  isWarning(): boolean;
  status(): IdleStatus;
  stop(): void;
}

interface Options {
  readonly platform: Platform;
  /** Its limits are taken at the start; whom to ask is shown as it stands. */
  readonly config: () => ManagedConfig;
  readonly folders: { readonly preload: string };
  readonly language: LanguageChoice;
  /** Undefined until the records of this PC are open. */
  readonly settings: () => SettingsStore | undefined;
  /** Whom and which PC reports name; undefined while the account is not known, and then nothing is reported. */
  readonly parties: () => EventParties | undefined;
  readonly isGateShut: () => boolean;
  readonly report: (event: NewEvent) => Promise<unknown>;
  readonly onFault: (fault: StorageFault) => void;
  readonly onRefused: (refusal: Refusal) => void;
  /** What the tray and the small windows show has changed. */
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

export async function startIdle(options: Options): Promise<IdleLock> {
  const { platform, language, log, parties, report } = options;
  const { idle: limits } = options.config();
  const sensors = await platform.loadSensors();
  const signOutMinutes = Math.ceil(limits.signOutAfterSeconds / 60);

  const reportLock = (outcome: LockOutcome) => {
    log(`idle: ${outcome.kind}: ${JSON.stringify(outcome)}`);
    const named = parties();
    if (named !== undefined) void report(lockEvent(outcome, named));
  };

  const service = createIdleService(
    {
      clock: platform.clock,
      idle: sensors.idle,
      presence: sensors.presence,
      session: platform.session,
      lock: platform.lock,
      isGateShut: options.isGateShut,
      showWarning: (purpose) => {
        log(`idle: warning: ${purpose}`);
        windows.show();
      },
      hideWarning: () => {
        log('idle: warning gone');
        windows.hide();
      },
      reportLocked: (cause, certainty, attempts) =>
        reportLock({ kind: 'locked', cause, certainty, attempts }),
      reportLockFailed: (cause, attempts, reason) =>
        reportLock({ kind: 'lock-failed', cause, attempts, reason }),
      reportSignedOut: async () => {
        log('idle: signing out');
        const named = parties();
        if (named === undefined) return;
        await report({
          type: 'porthor.workstation.signed-out.v1',
          subject: named.subject,
          data: {
            cause: 'idle',
            signOutAfterSeconds: limits.signOutAfterSeconds,
            account: named.account,
            machine: named.machine,
          },
        });
      },
      onFault: options.onFault,
      loadSensorRecord: () => options.settings()?.current().idleSensor,
      saveSensorRecord: (idleSensor) => {
        void options.settings()?.update((current) => ({ ...current, idleSensor }));
      },
    },
    {
      lockAfterSeconds: limits.lockAfterSeconds,
      warningSeconds: limits.warningSeconds,
      holdCeilingSeconds: limits.whilePresenting === 'wait' ? limits.presentingCeilingSeconds : 0,
      signOutAfterSeconds: limits.signOutAfterSeconds,
    },
  );

  const windows = createIdleWarningWindows({
    folders: options.folders,
    clock: platform.clock,
    withoutKeyboard: platform.os === 'linux',
    backgroundColor: () => (nativeTheme.shouldUseDarkColors ? '#1a2322' : '#ffffff'),
    windowTitle: () => createTranslator(language.current()).text('idle-warning.lock.title'),
    onShown: () => {
      log('idle: warning shown');
      service.warningShown();
    },
    onLost: (reason) => service.warningLost(reason),
    onClosed: () => service.stay(),
  });

  const view = (): StateOf<IdleWarningContract> => {
    const { purpose, secondsLeft } = service.warning() ?? {
      purpose: 'lock',
      secondsLeft: limits.warningSeconds,
    };
    return {
      ...toFrame(options.config(), language.current()),
      purpose,
      secondsLeft,
      signOutAfterMinutes: signOutMinutes,
    };
  };
  const channel = registerWindow({
    contract: idleWarningContract,
    initialState: view(),
    handlers: {
      stay: () => {
        service.stay();
        return Promise.resolve({});
      },
      painted: (_input, sender) => {
        windows.notePainted(sender);
        return Promise.resolve({});
      },
    },
    windows: windows.contents,
    pageUrl: pageUrl('idle-warning'),
    onRefused: options.onRefused,
  });

  let lastStatus = '';
  service.onChanged(() => {
    channel.push(view());
    // The seconds of the countdown are for the warning alone; setting the tray anew would close its open menu.
    const { locksAt: _, ...seen } = service.status();
    const status = JSON.stringify(seen);
    if (status === lastStatus) return;
    lastStatus = status;
    options.onChanged();
  });
  await service.start();

  return {
    sensors,
    noteSystem: (change) => service.noteSystem(change),
    isWarning: () => service.warning() !== undefined,
    status: () => service.status(),
    stop: () => {
      service.stop();
      windows.hide();
      channel.dispose();
    },
  };
}
