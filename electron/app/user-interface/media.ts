/** Puts together the watch on removable media. Loaded after the gate, because no user waits for it at login. */
import { nativeTheme } from 'electron';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import { mediaWarningContract } from '../../../shared/ipc/media-warning.ts';
import type { Result } from '../../../shared/lib/result.ts';
import { type Account, accountKey, type Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { RemovableMedia } from '../../platform/removable-media.ts';
import type { SessionPort } from '../../platform/session/session-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { WindowStatePort } from '../../platform/window-state/window-state-port.ts';
import type { LanguageChoice } from '../../services/language.ts';
import { createDeviceRegister } from '../../services/media/device-register.ts';
import { createMediaService } from '../../services/media/media-service.ts';
import type { PluggedIn } from '../../services/media/warning-card.ts';
import type { Reporting } from '../../services/reporting/start-reporting.ts';
import { openDeviceRegisterStore } from '../../storage/device-register/device-register-store.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { createMediaWarningWindow } from '../../windows/media-warning-window.ts';
import { pageUrl } from '../../windows/open-page.ts';
import { toFrame } from './information-views.ts';

export interface Media {
  capabilities(): readonly Capability[];
  pluggedIn(): readonly PluggedIn[];
  /** What the school has answered to this user's requests, newest first. */
  answers(): readonly MediaAnswer[];
  /** Puts the warning on the screen again, with focus. */
  showWarning(): void;
  /** The gate is open: show the warnings that waited behind it. */
  allowWarnings(): void;
  /** The gate is shut again, for a policy that applies at once. */
  holdWarnings(): void;
  /** `media` in the configuration has changed. */
  settingsChanged(): void;
  /** The language, the appearance or the contact has changed. */
  refresh(): void;
  fallAsleep(): void;
  wake(): void;
  /** The screen was unlocked: another session may have been in front until now. */
  comeToFront(): void;
  stop(): Promise<void>;
}

export interface MediaOptions {
  readonly ports: RemovableMedia;
  readonly session: SessionPort;
  readonly windowState: WindowStatePort;
  readonly config: () => ManagedConfig;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly language: LanguageChoice;
  readonly preloadFolder: string;
  readonly stateDirectory: string;
  readonly reporting: Reporting | undefined;
  readonly account: () => Account | undefined;
  readonly report: (event: NewEvent) => Promise<Result<undefined, string>>;
  readonly onFault: (fault: StorageFault) => void;
  readonly onRefused: (refusal: Refusal) => void;
  /** A plugged-in device, or its verdict, may have changed. */
  readonly onChanged: () => void;
  /** A warning is on the screen. */
  readonly onPainted: (warnings: number) => void;
  readonly log: (line: string) => void;
}

export async function startMedia(options: MediaOptions): Promise<Media> {
  const { ports, clock, language, reporting, log } = options;
  const nowUtc = () => clock.nowUtc();
  const store = await openDeviceRegisterStore({
    directory: options.stateDirectory,
    collectorUrl: options.config().collectorUrl,
    nowUtc,
    onFault: options.onFault,
  });
  const register = createDeviceRegister({
    session: reporting?.session,
    store,
    clock,
    random: Math.random,
    accountKey: () => {
      const account = options.account();
      return account === undefined ? '' : accountKey(account);
    },
    everySeconds: options.config().reporting.heartbeatSeconds,
    onChanged: () => {
      service.registerChanged();
      // The tray also shows answers about devices that are not plugged in.
      options.onChanged();
    },
    log,
  });

  const window = createMediaWarningWindow({
    folders: { preload: options.preloadFolder },
    clock,
    windowState: options.windowState,
    backgroundColor: () => (nativeTheme.shouldUseDarkColors ? '#14191a' : '#f7f8f7'),
    windowTitle: () => createTranslator(language.current()).text('media-warning.title'),
    onFailed: (reason) => log(`window: media-warning: ${reason}`),
    onClosed: () => service.close(),
  });
  const service = createMediaService({
    ...ports,
    clock,
    settings: () => options.config().media,
    canAsk: reporting?.session !== undefined,
    register: () => register.entries(),
    answers: () => register.answers(),
    account: options.account,
    machine: options.machine,
    isInFront: async () => {
      const answer = await options.session.readState();
      return !answer.ok || answer.value.inFront;
    },
    language: () => language.current(),
    surface: window,
    report: options.report,
    onAsked: () => register.expectAnswer(),
    onFault: options.onFault,
    log,
  });

  const view = () => ({ ...toFrame(options.config(), language.current()), cards: [...service.cards()] });
  const channel = registerWindow({
    contract: mediaWarningContract,
    initialState: view(),
    handlers: {
      setLanguage: (input) => {
        language.set(input.language);
        return Promise.resolve({});
      },
      eject: async ({ id }) => {
        await service.ejectDevice(id);
        return {};
      },
      askForApproval: async ({ id, reason }) => {
        await service.askForApproval(id, reason);
        return {};
      },
      scan: async ({ id }) => {
        await service.scanDevice(id);
        return {};
      },
      close: () => {
        service.close();
        return Promise.resolve({});
      },
      painted: ({ ids }) => {
        service.notePainted(ids);
        options.onPainted(ids.length);
        return Promise.resolve({});
      },
      fitHeight: ({ heightPx }) => {
        window.fit(heightPx);
        return Promise.resolve({});
      },
    },
    windows: window.contents,
    pageUrl: pageUrl('media-warning'),
    onRefused: options.onRefused,
  });

  let shown = '';
  const refresh = () => {
    const now = view();
    const text = JSON.stringify(now);
    if (text === shown) return;
    shown = text;
    channel.push(now);
  };
  service.onChanged(() => {
    refresh();
    options.onChanged();
  });
  // When the queue is empty and the collector answers, every request has arrived.
  const endDelivery = reporting?.sender.onChange(({ collector, queueLength }) => {
    if (collector === 'reached' && queueLength === 0) service.noteDelivered();
  });
  register.start();
  await service.start();

  return {
    capabilities: () => [
      ports.usb.capability(),
      ports.volumes.capability(),
      ports.eject.capability(),
      ports.antiVirus.capability(),
    ],
    pluggedIn: () => service.pluggedIn(),
    answers: () => register.answers(),
    showWarning: () => {
      service.showAgain();
      if (service.cards().length > 0) window.focus();
    },
    allowWarnings: () => service.allowWarnings(),
    holdWarnings: () => service.holdWarnings(),
    settingsChanged: () => service.settingsChanged(),
    refresh,
    fallAsleep: () => service.fallAsleep(),
    wake: () => {
      service.wake();
      register.wake();
    },
    comeToFront: () => service.comeToFront(),
    stop: async () => {
      register.stop();
      endDelivery?.();
      await service.stop();
      channel.dispose();
    },
  };
}
