/** Everything a person sees of the agent: the windows with their channels, and the tray. */
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { HandlersOf, StateOf } from '../../../shared/ipc/contract.ts';
import { coverContract } from '../../../shared/ipc/cover.ts';
import { type GateContract, gateContract } from '../../../shared/ipc/gate.ts';
import { aboutContract, agreementsContract, recordsContract } from '../../../shared/ipc/information.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Agreements } from '../../services/agreements/agreements-service.ts';
import type { LanguageChoice } from '../../services/language.ts';
import type { PluggedIn } from '../../services/media/media-service.ts';
import { createTrayIcon, type TrayIcon } from '../../tray/tray.ts';
import { buildTrayMenu, statusLine } from '../../tray/tray-menu.ts';
import { createGateWindows, type GateWindowEvents, type GateWindows } from '../../windows/gate-windows.ts';
import { createInformationWindows, type InformationPage } from '../../windows/information-windows.ts';
import { pageUrl } from '../../windows/open-page.ts';
import { type InformationFacts, toAbout, toAgreements, toFrame, toRecords } from './information-views.ts';

interface Options {
  readonly folders: { readonly assets: string; readonly preload: string };
  readonly takeHeadStart: () => BrowserWindow | undefined;
  readonly config: () => ManagedConfig;
  readonly clock: Clock;
  readonly demonstration: boolean;
  readonly fullScreen: boolean;
  readonly language: LanguageChoice;
  readonly trayIconFile: (isDarkTaskbar: boolean) => string;
  readonly gateHandlers: HandlersOf<GateContract>;
  readonly gateView: () => StateOf<GateContract>;
  readonly facts: () => InformationFacts;
  readonly gateEvents: GateWindowEvents;
  readonly pluggedIn: () => readonly PluggedIn[];
  readonly mediaAnswers: () => readonly MediaAnswer[];
  readonly showMediaWarning: () => void;
  readonly agreements: Agreements;
  readonly lockNow: () => void;
  readonly reportProblem: () => void;
  /** A warning stands on the screen, and the gate must not cover it. */
  readonly isWarning: () => boolean;
  readonly leaveDemonstration: () => void;
  readonly onRefused: (refusal: Refusal) => void;
  readonly log: (line: string) => void;
}

export interface UserInterface {
  readonly gateWindows: GateWindows;
  /** Sends what has changed to every open window and to the tray. */
  refresh(): void;
  /** The tray comes after the gate: it is not what a person waits for at login. */
  showTray(): void;
  openAbout(): void;
  dispose(): void;
}

export function createUserInterface(options: Options): UserInterface {
  const { language } = options;
  const translator = () => createTranslator(language.current());
  const frame = () => toFrame(options.config(), language.current());

  const gateWindows = createGateWindows({
    folders: options.folders,
    takeHeadStart: options.takeHeadStart,
    clock: options.clock,
    demonstration: options.demonstration,
    fullScreen: options.fullScreen,
    windowTitle: () => translator().text('gate.windowTitle'),
    mayBeCovered: options.isWarning,
    events: options.gateEvents,
  });
  const informationWindows = createInformationWindows({
    folders: options.folders,
    windowTitle: (page) => translator().text(`${page}.title`),
    onFailed: (page, reason) => options.log(`window: ${page}: ${reason}`),
  });

  const { onRefused } = options;
  const informationOf = (page: InformationPage) => ({
    handlers: {
      setLanguage: (input: { readonly language: Language }) => {
        language.set(input.language);
        return Promise.resolve({});
      },
      close: () => {
        informationWindows.close(page);
        return Promise.resolve({});
      },
    },
    windows: () => informationWindows.contents(page),
    pageUrl: pageUrl(page),
    onRefused,
  });
  const channels = {
    gate: registerWindow({
      contract: gateContract,
      initialState: options.gateView(),
      handlers: options.gateHandlers,
      windows: gateWindows.gateContents,
      pageUrl: pageUrl('gate'),
      onRefused,
    }),
    cover: registerWindow({
      contract: coverContract,
      initialState: frame(),
      handlers: {
        comeHere: (_input, sender) => {
          gateWindows.bringToCover(sender);
          return Promise.resolve({});
        },
      },
      windows: gateWindows.coverContents,
      pageUrl: pageUrl('cover'),
      onRefused,
    }),
    about: registerWindow({
      contract: aboutContract,
      initialState: toAbout(options.facts()),
      ...informationOf('about'),
    }),
    agreements: registerWindow({
      contract: agreementsContract,
      initialState: toAgreements(options.facts()),
      ...informationOf('agreements'),
      handlers: {
        ...informationOf('agreements').handlers,
        ...options.agreements.handlers,
        savePdf: async ({ eventId }, page) => {
          const parts = options.agreements.describe(eventId);
          if (parts === undefined) return { outcome: 'failed' as const };
          const { pdfName, savePageAsPdf } = await import('../../windows/print-page.ts');
          const failed = (reason: string) => options.log(`agreements: not saved: ${reason}`);
          return { outcome: await savePageAsPdf(page, pdfName(parts), failed) };
        },
        print: async (_input, page) => {
          const { printPage } = await import('../../windows/print-page.ts');
          printPage(page, (reason) => options.log(`agreements: not printed: ${reason}`));
          return {};
        },
      },
    }),
    records: registerWindow({
      contract: recordsContract,
      initialState: toRecords(options.facts()),
      ...informationOf('records'),
    }),
  };

  let tray: TrayIcon | undefined;
  let trayShows = '';
  const refreshTray = (facts: InformationFacts) => {
    if (tray === undefined) return;
    const words = translator();
    const menu = buildTrayMenu(
      words,
      {
        status: facts.status,
        contact: options.config().contact,
        demonstration: options.demonstration,
        pluggedIn: options.pluggedIn(),
        mediaAnswers: options.mediaAnswers(),
        upcoming: facts.upcoming,
      },
      {
        showMediaWarning: options.showMediaWarning,
        lockNow: options.lockNow,
        openAgreements: () => {
          informationWindows.open('agreements');
          options.agreements.opened();
        },
        openRecords: () => informationWindows.open('records'),
        reportProblem: options.reportProblem,
        openAbout: () => informationWindows.open('about'),
        leaveDemonstration: options.leaveDemonstration,
      },
    );
    const tooltip = `${words.text('tray.tooltip')}: ${statusLine(words, facts.status)}`;
    // Setting a menu closes the one that a person may have open, so an equal one is not set again.
    const shows = JSON.stringify([tooltip, menu]);
    if (shows === trayShows) return;
    trayShows = shows;
    tray.update(tooltip, menu);
  };

  let isDisposed = false;
  const refresh = () => {
    // What ends last may still have news; there is nobody left to show them to.
    if (isDisposed) return;
    channels.gate.push(options.gateView());
    channels.cover.push(frame());
    const facts = options.facts();
    channels.about.push(toAbout(facts));
    channels.agreements.push(toAgreements(facts));
    channels.records.push(toRecords(facts));
    refreshTray(facts);
  };

  return {
    gateWindows,
    refresh,
    showTray: () => {
      tray ??= createTrayIcon(join(options.folders.assets, 'icons'), options.trayIconFile);
      refreshTray(options.facts());
    },
    openAbout: () => informationWindows.open('about'),
    dispose: () => {
      isDisposed = true;
      gateWindows.hide();
      informationWindows.closeAll();
      tray?.dispose();
      for (const channel of Object.values(channels)) channel.dispose();
    },
  };
}
