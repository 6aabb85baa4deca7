/** Removable media on the screen: the warning window and its channel. Loaded after the gate, because no user waits for it. */
import { nativeTheme } from 'electron';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import { mediaWarningContract } from '../../../shared/ipc/media-warning.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { WindowStatePort } from '../../platform/window-state/window-state-port.ts';
import { toFrame } from '../../services/information/information-views.ts';
import { createMedia, type MediaOptions } from '../../services/media/create-media.ts';
import type { MediaService } from '../../services/media/media-contract.ts';
import { createMediaWarningWindow, type MediaWarningWindow } from '../../windows/media-warning-window.ts';
import { pageUrl } from '../../windows/open-page.ts';

type ServiceMembers =
  | 'allowWarnings'
  | 'comeToFront'
  | 'fallAsleep'
  | 'holdWarnings'
  | 'pluggedIn'
  | 'settingsChanged'
  | 'wake';

export interface Media extends Pick<MediaService, ServiceMembers> {
  capabilities(): readonly Capability[];
  /** What the school has answered to this user's requests, newest first. */
  answers(): readonly MediaAnswer[];
  /** Puts the warning on the screen again, with focus. */
  showWarning(): void;
  /** The language, the appearance or the contact has changed. */
  refresh(): void;
  stop(): Promise<void>;
}

interface Options extends MediaOptions {
  readonly preloadFolder: string;
  readonly windowState: WindowStatePort;
  readonly onRefused: (refusal: Refusal) => void;
  /** A warning is on the screen. */
  readonly onPainted: (warnings: number) => void;
}

export async function startMedia(options: Options): Promise<Media> {
  const { clock, language, log } = options;
  const window = createMediaWarningWindow({
    folders: { preload: options.preloadFolder },
    clock,
    windowState: options.windowState,
    backgroundColor: () => (nativeTheme.shouldUseDarkColors ? '#14191a' : '#f7f8f7'),
    windowTitle: () => createTranslator(language.current()).text('media-warning.title'),
    onFailed: (reason) => log(`window: media-warning: ${reason}`),
    onClosed: () => media.service.close(),
  });
  const media = await createMedia(options, window);
  const { service } = media;
  const channel = openChannel(options, service, window);
  service.onChanged(channel.refresh);
  await media.start();

  return {
    capabilities: media.capabilities,
    answers: media.answers,
    pluggedIn: () => service.pluggedIn(),
    showWarning: () => {
      service.showAgain();
      if (service.cards().length > 0) window.focus();
    },
    allowWarnings: () => service.allowWarnings(),
    holdWarnings: () => service.holdWarnings(),
    settingsChanged: () => service.settingsChanged(),
    refresh: channel.refresh,
    fallAsleep: () => service.fallAsleep(),
    wake: media.wake,
    comeToFront: () => service.comeToFront(),
    stop: async () => {
      await media.stop();
      channel.dispose();
    },
  };
}

/** `refresh` pushes what the window shows, if it has changed. */
function openChannel(options: Options, service: MediaService, window: MediaWarningWindow) {
  const { language } = options;
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
      takeCode: async ({ id, code }) => {
        await service.takeCode(id, code);
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
  return { refresh, dispose: () => channel.dispose() };
}
