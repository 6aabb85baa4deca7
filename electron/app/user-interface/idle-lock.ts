/** The idle lock on the screen: its warning windows and their channel. Loaded when the gate has painted or opened. */
import { nativeTheme } from 'electron';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { StateOf } from '../../../shared/ipc/contract.ts';
import { type IdleWarningContract, idleWarningContract } from '../../../shared/ipc/idle-warning.ts';
import type { IdleStatus } from '../../../shared/ipc/information.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { Platform, Sensors } from '../../platform/create-platform.ts';
import type { SystemChange } from '../../services/feature.ts';
import { createIdleLock } from '../../services/idle/idle-lock.ts';
import type { EventParties } from '../../services/idle/lock-events.ts';
import { toFrame } from '../../services/information/information-views.ts';
import type { LanguageChoice } from '../../services/language.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { createIdleWarningWindows } from '../../windows/idle-warning-windows.ts';
import { pageUrl } from '../../windows/open-page.ts';

export interface IdleLock {
  readonly sensors: Sensors;
  noteSystem(change: SystemChange): void;
  /** A warning is on the screen. */
  isWarning(): boolean;
  status(): IdleStatus;
  stop(): void;
}

interface Options {
  readonly platform: Platform;
  /** The idle lock reads its limits at the start; the warning shows the current contact. */
  readonly config: () => ManagedConfig;
  readonly folders: { readonly preload: string };
  readonly language: LanguageChoice;
  /** Undefined until the records of this PC are open. */
  readonly settings: () => SettingsStore | undefined;
  /**
   * The account and the PC that reports name. While it is undefined the account is unknown and the idle lock reports
   * nothing.
   */
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
  const { platform, language, log } = options;
  const limits = options.config().idle;
  const [sensors, windowState] = await Promise.all([platform.loadSensors(), platform.loadWindowState()]);

  const windows = createIdleWarningWindows({
    folders: options.folders,
    clock: platform.clock,
    desktop: platform.desktop,
    windowState,
    backgroundColor: () => (nativeTheme.shouldUseDarkColors ? '#1a2322' : '#ffffff'),
    windowTitle: () => createTranslator(language.current()).text('idle-warning.lock.title'),
    onShown: () => {
      log('idle: warning shown');
      service.warningShown();
    },
    onLost: (reason) => service.warningLost(reason),
    onClosed: () => service.stay(),
  });
  const service = createIdleLock({
    clock: platform.clock,
    ...sensors,
    session: platform.session,
    lock: platform.lock,
    limits,
    warning: windows,
    settings: options.settings,
    parties: options.parties,
    isGateShut: options.isGateShut,
    report: options.report,
    onFault: options.onFault,
    log,
  });

  const view = (): StateOf<IdleWarningContract> => ({
    ...toFrame(options.config(), language.current()),
    ...(service.warning() ?? { purpose: 'lock', secondsLeft: limits.warningSeconds }),
    signOutAfterMinutes: Math.ceil(limits.signOutAfterSeconds / 60),
  });
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
    // Only the warning needs the seconds of the countdown: a new tray menu would close an open one.
    const { locksAt: _, ...shown } = service.status();
    const status = JSON.stringify(shown);
    if (status === lastStatus) return;
    lastStatus = status;
    options.onChanged();
  });
  await service.start();

  return {
    sensors,
    noteSystem: service.noteSystem,
    isWarning: () => service.warning() !== undefined,
    status: service.status,
    stop: () => {
      service.stop();
      windows.hide();
      channel.dispose();
    },
  };
}
