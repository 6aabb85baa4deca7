/**
 * Everything that a user sees of the agent except warnings: the gate, the small windows behind the tray, and the tray.
 */
import { join } from 'node:path';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { StateOf } from '../../../shared/ipc/contract.ts';
import { coverContract } from '../../../shared/ipc/cover.ts';
import { type GateContract, type GateState, gateContract } from '../../../shared/ipc/gate.ts';
import { aboutContract, agreementsContract, recordsContract } from '../../../shared/ipc/information.ts';
import type { Language } from '../../../shared/lib/language.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { AgentContext } from '../../services/agent-context.ts';
import type { Agreements } from '../../services/agreements/agreements-service.ts';
import type { Feature } from '../../services/feature.ts';
import type { GateFeature } from '../../services/gate/gate-feature.ts';
import type { GateService } from '../../services/gate/gate-service.ts';
import { createInformationFacts } from '../../services/information/information-facts.ts';
import {
  type InformationFacts,
  personName,
  toAbout,
  toAgreements,
  toFrame,
  toRecords,
} from '../../services/information/information-views.ts';
import type { PersonStoreFeature } from '../../services/person-store/person-store-feature.ts';
import { createTrayIcon, type TrayIcon } from '../../tray/tray.ts';
import { buildTrayMenu, statusLine } from '../../tray/tray-menu.ts';
import type { FirstScreen } from '../../windows/first-screen.ts';
import { createInformationWindows, type InformationPage } from '../../windows/information-windows.ts';
import { pageUrl } from '../../windows/open-page.ts';
import type { GateWindowSurface } from './gate-surface.ts';
import type { IdleFeature } from './idle-feature.ts';
import type { MediaFeature } from './media-feature.ts';
import type { ProblemFeature } from './problem-feature.ts';

interface Options {
  readonly gate: GateFeature;
  readonly surface: GateWindowSurface;
  readonly firstScreen: FirstScreen<GateState>;
  readonly personStore: PersonStoreFeature;
  readonly agreements: Agreements;
  readonly idle: IdleFeature;
  readonly media: MediaFeature;
  readonly problem: ProblemFeature;
  readonly lockNow: () => Promise<void>;
  readonly onRefused: (refusal: Refusal) => void;
}

export interface UserInterface extends Feature {
  openAbout(): void;
}

/** A collector that needs longer gets a gate that says so. */
const undecidedMs = 300;

/** Resolves when the gate knows what to show, or has to say that it does not know yet. */
function untilDecided({ screen, onChanged }: GateService, clock: Clock): Promise<void> {
  if (screen().name !== 'checking') return Promise.resolve();
  return new Promise((resolve) => {
    const stopTimer = clock.setTimer(undecidedMs, () => end());
    const stopListening = onChanged(() => end());
    const end = (): void => {
      stopTimer();
      stopListening();
      resolve();
    };
  });
}

export function createUserInterface(context: AgentContext, options: Options): UserInterface {
  const { config, language, log } = context;
  const { gate, personStore, idle, media, agreements, onRefused } = options;
  const { windows: gateWindows } = options.surface;
  const translator = () => createTranslator(language.current());
  const frame = () => toFrame(config(), language.current());

  const informationFacts = createInformationFacts(context, { gate, personStore, idle, agreements });
  const gateView = (): StateOf<GateContract> => ({
    ...frame(),
    person: personName(context.account()),
    suggestedFullName: context.account()?.displayName ?? '',
    demonstration: context.demonstration,
    breakGlassAvailable: config().gate.breakGlassCodeSha256 !== '',
    onDecline: config().gate.onDecline,
    declineCountdownSeconds: config().gate.declineCountdownSeconds,
    isOverWork: gate.service.isOverWork(),
    screen: gate.service.screen(),
  });

  const informationWindows = createInformationWindows({
    folders: context.folders,
    windowTitle: (page) => translator().text(`${page}.title`),
    onFailed: (page, reason) => log(`window: ${page}: ${reason}`),
  });
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
  let savedPdf = '';
  const channels = {
    gate: registerWindow({
      contract: gateContract,
      initialState: gateView(),
      handlers: gate.service.handlers,
      windows: gateWindows.gateContents,
      pageUrl: pageUrl('gate'),
      onRefused,
      mayAnswer: () => untilDecided(gate.service, context.platform.clock),
      draw: options.firstScreen.draw,
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
      initialState: toAbout(informationFacts()),
      ...informationOf('about'),
    }),
    agreements: registerWindow({
      contract: agreementsContract,
      initialState: toAgreements(informationFacts()),
      ...informationOf('agreements'),
      handlers: {
        ...informationOf('agreements').handlers,
        ...agreements.handlers,
        savePdf: async ({ eventId }, page) => {
          const parts = agreements.describe(eventId);
          if (parts === undefined) return { outcome: 'failed' as const, path: '' };
          const { pdfName, savePageAsPdf } = await import('../../windows/print-page.ts');
          const failed = (reason: string) => log(`agreements: not saved: ${reason}`);
          const saved = await savePageAsPdf(page, pdfName(parts), failed);
          if (saved.outcome === 'saved') savedPdf = saved.path;
          return saved;
        },
        showSavedPdf: async () => {
          const { showInFolder } = await import('../../windows/save-file.ts');
          // The page names no path, so it can show only what the user has saved.
          if (savedPdf !== '') showInFolder(savedPdf);
          return {};
        },
        print: async (_input, page) => {
          const { printPage } = await import('../../windows/print-page.ts');
          printPage(page, (reason) => log(`agreements: not printed: ${reason}`));
          return {};
        },
      },
    }),
    records: registerWindow({
      contract: recordsContract,
      initialState: toRecords(informationFacts()),
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
        contact: config().contact,
        demonstration: context.demonstration,
        pluggedIn: media.pluggedIn(),
        mediaAnswers: media.answers(),
        upcoming: facts.upcoming,
      },
      {
        showMediaWarning: () => media.showWarning(),
        lockNow: () => void options.lockNow(),
        openAgreements: () => {
          informationWindows.open('agreements');
          agreements.opened();
        },
        openRecords: () => informationWindows.open('records'),
        reportProblem: () => options.problem.open(),
        openAbout: () => informationWindows.open('about'),
        leaveDemonstration: () => gate.service.leaveDemonstration(),
      },
    );
    const tooltip = `${words.text('tray.tooltip')}: ${statusLine(words, facts.status)}`;
    // Setting a menu closes the one that a user may have open, so the agent does not set an equal one again.
    const shows = JSON.stringify([tooltip, menu]);
    if (shows === trayShows) return;
    trayShows = shows;
    tray.update(tooltip, menu);
  };

  let isStopped = false;
  const refresh = () => {
    // Features that stop later may still send news, but no window is left to show it.
    if (isStopped) return;
    channels.gate.push(gateView());
    channels.cover.push(frame());
    const facts = informationFacts();
    channels.about.push(toAbout(facts));
    channels.agreements.push(toAgreements(facts));
    channels.records.push(toRecords(facts));
    refreshTray(facts);
  };
  const endings = [context.statusChanged.subscribe(refresh), language.onChanged(refresh)];
  gate.service.onChanged(refresh);

  return {
    name: 'user-interface',
    startsAt: 'gate-settled',
    openAbout: () => informationWindows.open('about'),
    // The tray comes after the gate: a user does not wait for it at login.
    start: () => {
      tray ??= createTrayIcon(join(context.folders.assets, 'icons'), context.platform.desktop);
      refreshTray(informationFacts());
      return undefined;
    },
    stop: () => {
      isStopped = true;
      for (const end of endings) end();
      gateWindows.hide();
      informationWindows.closeAll();
      tray?.dispose();
      for (const channel of Object.values(channels)) channel.dispose();
    },
  };
}
