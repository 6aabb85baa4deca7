/** Every window, screen and dialog that a user can see, and the steps to reach it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { HandlersOf, StateOf, WindowContract } from '../../../shared/ipc/contract.ts';
import { coverContract } from '../../../shared/ipc/cover.ts';
import {
  type GateContract,
  type GateScreen,
  type GateState,
  gateContract,
} from '../../../shared/ipc/gate.ts';
import { type IdleWarningContract, idleWarningContract } from '../../../shared/ipc/idle-warning.ts';
import {
  type AboutContract,
  type AgreementsContract,
  aboutContract,
  agreementsContract,
  idleOff,
  type RecordsContract,
  recordsContract,
} from '../../../shared/ipc/information.ts';
import {
  type MediaWarningContract,
  mediaWarningContract,
  type WarningCard,
} from '../../../shared/ipc/media-warning.ts';
import { type ProblemContract, problemContract } from '../../../shared/ipc/problem.ts';
import type { Language } from '../../../shared/lib/language.ts';
import { type BlockedReason, blockedReasons, declineActions } from '../../../shared/policy/asking.ts';
import { frame, gateHandlers, gateState, policyScreen, shippedPolicy } from './gate-states.ts';
import { cardsOf, codeCard } from './media-warning-states.ts';
import { type OpenOptions, openWindow, type WindowDouble } from './open-window.ts';
import type { ServedPages } from './pages.ts';
import { problemHandlers, problemState, selfCheckReport } from './problem-states.ts';

interface OpenedView {
  readonly page: Page;
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export interface View {
  readonly name: string;
  /** `size` is the window's from the start; without it 1280 × 800. */
  open(
    browser: Browser,
    pages: ServedPages,
    language: Language,
    size?: { readonly width: number; readonly height: number },
  ): Promise<OpenedView>;
}

/** Stops animations, so that the page is at rest. */
const context: BrowserContextOptions = { reducedMotion: 'reduce' };
const wideWindow = { width: 1280, height: 800 };

const words = {
  'en-GB': {
    accept: 'I accept',
    agree: 'I agree',
    decline: 'I do not accept',
    help: 'I need help',
    askForHelp: 'Tell the school that I need help',
    technicians: 'For technicians',
  },
  'cy-GB': {
    accept: "Rwy'n derbyn",
    agree: "Rwy'n cytuno",
    decline: 'Nid wyf yn derbyn',
    help: 'Mae angen help arnaf',
    askForHelp: 'Dweud wrth yr ysgol fod angen help arnaf',
    technicians: 'Ar gyfer technegwyr',
  },
} as const;

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

interface GateViewOptions {
  readonly screen: () => GateScreen | Promise<GateScreen>;
  readonly state?: Partial<GateState>;
  readonly handlers?: Partial<HandlersOf<GateContract>>;
  readonly prepare?: (double: WindowDouble<GateContract>, language: Language) => Promise<void>;
}

function gateView(name: string, options: GateViewOptions): View {
  return {
    name: `gate ${name}`,
    open: async (browser, pages, language, size = wideWindow) => {
      const screen = await options.screen();
      const double = await openWindow(browser, pages, {
        contract: gateContract,
        state: gateState(screen, { language, ...options.state }),
        handlers: (opened) => gateHandlers(opened, options.handlers),
        context: { ...context, viewport: size },
      });
      await options.prepare?.(double, language);
      return double;
    },
  };
}

function smallView<Contract extends WindowContract>(
  name: string,
  contract: Contract,
  state: StateOf<Contract>,
  handlers: OpenOptions<Contract>['handlers'],
  prepare?: (double: WindowDouble<Contract>) => Promise<void>,
): View {
  return {
    name,
    open: async (browser, pages, language, size = wideWindow) => {
      const double = await openWindow<Contract>(browser, pages, {
        contract,
        state: { ...(state as object), language } as StateOf<Contract>,
        handlers,
        context: { ...context, viewport: size },
      });
      await prepare?.(double);
      return double;
    },
  };
}

const nothing = () => Promise.resolve({});
const agreementsHandlers = (): HandlersOf<AgreementsContract> => ({
  ...smallHandlers(),
  readAgreement: async ({ eventId }) => {
    if (eventId !== 'first') return { outcome: 'not-here' };
    const { texts, statements } = await shippedPolicy('staff');
    return {
      outcome: 'found',
      text: texts['cy-GB'],
      statements: statements.map(({ text }, index) => ({
        text: text['cy-GB'],
        answer: (['ticked', 'not-ticked', 'not-known'] as const)[index] ?? 'ticked',
      })),
    };
  },
  savePdf: () =>
    Promise.resolve({ outcome: 'saved', path: 'C:\\Users\\eleri.wynne\\Documents\\Staff policy.pdf' }),
  showSavedPdf: nothing,
  print: nothing,
});
const smallHandlers = () => ({ setLanguage: nothing, close: nothing });

async function answerAll({ page }: WindowDouble<GateContract>): Promise<void> {
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.locator('#full-name').fill('Eleri Wynne-Prydderch');
  if ((await page.locator('#job-role').count()) > 0) {
    await page.locator('#job-role').fill('Cynorthwyydd addysgu lefel uwch / Higher level teaching assistant');
  }
}

const staffScreen = async () => policyScreen(await shippedPolicy('staff'));

const longDetail =
  'outbox: append: ENOSPC: no space left on device, write (/var/lib/porthor/outbox/000017.jsonl)';

/** What each of them reads like on a PC. */
const blockedDetails: Readonly<Record<BlockedReason, string>> = {
  'policy-unreadable': 'staff: policy.json: statements.0.text: cy-GB is missing',
  'records-unreadable': "EACCES: permission denied, open '/var/lib/porthor/people/4c4c4544/receipts.jsonl'",
  'account-unreadable': 'the directory gave no answer within 10000 ms',
};

const about: StateOf<AboutContract> = {
  ...frame,
  status: {
    gate: 'open',
    gateOpenedHow: 'receipt',
    collector: 'not-reached',
    collectorReachedAt: '2026-11-20T15:04:05Z',
    queueLength: 3,
    idle: idleOff,
  },
  agentVersion: '0.1.0',
  runtimeVersion: 'Electron 45.4.1, Chromium 148, Node 24.21',
  machineId: '4c4c4544-0051-3010-8052-b4c04f564432-7f3a9d11c2',
  hostname: 'STAFFROOM-PC-07',
  capabilities: [
    { name: 'lock', level: 'full', reason: '' },
    {
      name: 'account',
      level: 'degraded',
      reason: 'no directory answered; the name comes from the environment',
    },
    { name: 'usb', level: 'none', reason: '/sys/bus/usb/devices/ not found' },
  ],
};

const agreements: StateOf<AgreementsContract> = {
  ...frame,
  person: 'Eleri Wynne-Prydderch',
  askingElsewhere: false,
  agreements: [
    {
      eventId: 'first',
      textSha256: 'a'.repeat(64),
      elsewhere: false,
      askedAgain: { rule: 'on', date: '2027-09-01' },
      policyId: 'staff',
      policyVersion: '2026.1',
      title: {
        'en-GB': 'Acceptable use policy for staff and governors',
        'cy-GB': 'Polisi defnydd derbyniol ar gyfer staff a llywodraethwyr',
      },
      language: 'cy-GB',
      decidedAt: '2026-09-01T07:41:12Z',
      fullName: 'Eleri Wynne-Prydderch',
      jobRole: 'Cynorthwyydd addysgu',
      delivered: true,
    },
    {
      eventId: 'second',
      textSha256: 'b'.repeat(64),
      elsewhere: true,
      askedAgain: { rule: 'every-login' },
      policyId: 'visitor',
      policyVersion: '3',
      title: { 'en-GB': 'Visitors', 'cy-GB': 'Ymwelwyr' },
      language: 'en-GB',
      decidedAt: '2026-11-22T08:41:12Z',
      fullName: '',
      jobRole: '',
      delivered: true,
    },
  ],
};

const records: StateOf<RecordsContract> = {
  ...frame,
  collectorHost: 'porthor.ysgolbrynteg.example',
  gateEnabled: true,
  mediaMode: 'warn',
  hideSerials: false,
};

const idleWarning: StateOf<IdleWarningContract> = {
  ...frame,
  purpose: 'lock',
  secondsLeft: 24,
  signOutAfterMinutes: 0,
};
const idleWarningHandlers = () => ({ stay: nothing, painted: nothing });

/** States of the warning that together show every sentence of it. */
const warnings: Readonly<Record<string, readonly WarningCard[]>> = {
  'one stick': cardsOf({}),
  'many things': cardsOf(
    { problems: ['cannot-tell'], approval: 'approved', encryption: 'cannot-tell', eject: 'in-use' },
    {
      kind: 'card',
      name: '',
      places: ['Lluniau’r ysgol a’r daith i Langrannog'],
      serial: '',
      approval: 'expired',
      eject: 'refused',
    },
    {
      kind: 'disc',
      name: 'HL-DT-ST DVDRAM',
      places: ['F:'],
      sizeBytes: 700_000_000,
      request: 'not-available',
      scan: 'failed',
    },
    {
      kind: 'portable-device',
      name: '',
      sizeBytes: 0,
      places: [],
      problems: ['not-approved'],
      eject: 'not-available',
    },
  ),
  'under way': cardsOf(
    { eject: 'working', request: 'queued', scan: 'working' },
    {
      approval: 'weak-serial',
      request: 'sent',
      scan: 'working',
      scanProgram: 'Windows Defender',
      eject: 'failed',
    },
    { request: 'not-recorded', scan: 'something-found' },
    { scan: 'unclear' },
    { eject: 'ejected', scan: 'nothing-found' },
  ),
  answered: cardsOf(
    {
      answer: {
        decision: 'refused',
        decidedBy: 'Nia Huws',
        decidedAt: '2026-11-22T12:00:00Z',
        reason: 'We have encrypted sticks in the office. Please ask there for one: it is ready by Monday.',
      },
    },
    {
      answer: { decision: 'refused', decidedBy: '', decidedAt: '2026-11-22T12:00:00Z', reason: '' },
      request: 'not-recorded',
    },
    {
      problems: ['not-encrypted'],
      approval: 'approved',
      answer: { decision: 'approved', decidedBy: 'Nia Huws', decidedAt: '2026-11-22T12:00:00Z', reason: '' },
    },
    {
      problems: ['not-encrypted'],
      approval: 'approved',
      answer: { decision: 'approved', decidedBy: '', decidedAt: '2026-11-22T12:00:00Z', reason: '' },
    },
  ),
  'come right': cardsOf(
    { problems: [], approval: 'approved', request: 'sent' },
    { problems: [], approval: 'not-required', encryption: 'encrypted' },
  ),
};

const warningHandlers = () => ({
  setLanguage: nothing,
  eject: nothing,
  askForApproval: nothing,
  takeCode: nothing,
  scan: nothing,
  close: nothing,
  painted: nothing,
  fitHeight: nothing,
});

function problemView(
  name: string,
  state: StateOf<ProblemContract>,
  prepare?: (double: WindowDouble<ProblemContract>) => Promise<void>,
): View {
  return smallView(`problem${name}`, problemContract, state, problemHandlers, prepare);
}

const problemViews: readonly View[] = [
  problemView('', problemState),
  problemView(', nothing written', problemState, async ({ page }) => {
    await page.locator('button[type=submit]').click();
    await page.locator('.message').waitFor();
  }),
  problemView(', sent', problemState, async ({ page }) => {
    await page.locator('textarea').fill('A memory stick is lost.');
    await page.locator('button[type=submit]').click();
    await page.locator('.mark-good').waitFor();
  }),
  problemView(', checking', {
    ...problemState,
    check: { state: 'running', waitingFor: ['volumes', 'collector', 'certificate', 'clock', 'lock'] },
  }),
  problemView(', check broken', { ...problemState, check: { state: 'broken' } }),
  problemView(
    ', checked and saved',
    { ...problemState, check: { state: 'done', report: selfCheckReport('failed') } },
    async ({ page }) => {
      await page.locator('h3 ~ .actions button').click();
      await page.locator('.check-result').waitFor();
    },
  ),
  problemView(', all works', {
    ...problemState,
    check: { state: 'done', report: selfCheckReport('ok') },
  }),
];

const askWords = {
  'en-GB': { ask: 'Ask for approval', send: 'Send', code: 'I have a code' },
  'cy-GB': { ask: 'Gofyn am gymeradwyaeth', send: 'Anfon', code: 'Mae gen i god' },
} as const;

/** The field for a technician's code; `outcomes` are what the agent answers to it, in order. */
function codeView(name: string, outcomes: readonly WarningCard['offlineCode'][]): View {
  return {
    name: `media warning, ${name}`,
    open: async (browser, pages, language, size = wideWindow) => {
      const double = await openWindow(browser, pages, {
        contract: mediaWarningContract,
        state: { ...frame, language, cards: cardsOf(codeCard) },
        handlers: warningHandlers,
        context: { ...context, viewport: size },
      });
      const { page } = double;
      await button(page, askWords[language].code).click();
      await page.locator('form input').fill('4H7K-0Q2W-9RTX-31MF-YY60');
      for (const offlineCode of outcomes) {
        await page.keyboard.press('Enter');
        await double.push({ ...double.state(), cards: cardsOf({ ...codeCard, offlineCode }) });
      }
      const isRefused = outcomes.length > 0 && outcomes.at(-1) !== 'working';
      if (isRefused) await page.locator('.message').waitFor();
      return double;
    },
  };
}

const warningViews: readonly View[] = [
  ...Object.entries(warnings).map(([name, cards]) =>
    smallView<MediaWarningContract>(
      `media warning, ${name}`,
      mediaWarningContract,
      { ...frame, cards: [...cards] },
      warningHandlers,
    ),
  ),
  {
    name: 'media warning, asking without a reason',
    open: async (browser, pages, language, size = wideWindow) => {
      const double = await openWindow(browser, pages, {
        contract: mediaWarningContract,
        state: { ...frame, language, cards: cardsOf({}) },
        handlers: warningHandlers,
        context: { ...context, viewport: size },
      });
      await button(double.page, askWords[language].ask).click();
      await button(double.page, askWords[language].send).click();
      await double.page.locator('.message').waitFor();
      return double;
    },
  },
  codeView('a code', []),
  codeView('a code, working', ['working']),
  ...(['mistyped', 'late', 'not-recorded'] as const).map((problem) =>
    codeView(`a code, ${problem}`, ['working', problem]),
  ),
];

export const views: readonly View[] = [
  gateView('checking', { screen: () => ({ name: 'checking' }) }),
  gateView('policy', { screen: staffScreen }),
  gateView('policy, pupil, demonstration', {
    screen: async () => policyScreen(await shippedPolicy('pupil'), { position: { index: 2, total: 3 } }),
    state: { demonstration: true, siteName: '', contact: { name: '', phone: '', email: '', place: '' } },
  }),
  gateView('policy, young pupils', {
    screen: async () => policyScreen(await shippedPolicy('young-pupil')),
  }),
  gateView('check, young pupils', {
    screen: async () => policyScreen(await shippedPolicy('young-pupil')),
    prepare: async (double, language) => {
      await answerAll(double);
      await button(double.page, words[language].agree).click();
      await double.page.locator('.summary').waitFor();
    },
  }),
  gateView('policy, short form', {
    screen: async () =>
      policyScreen({
        ...(await shippedPolicy('visitor')),
        reason: 'every-login',
        acceptedTodayAt: '2026-11-22T08:41:00Z',
      }),
  }),
  gateView('policy changed', {
    screen: async () =>
      policyScreen({
        ...(await shippedPolicy('visitor')),
        reason: 'material',
        changes: {
          'en-GB': '- Memory sticks must now be **encrypted**.\n- A new contact for lost devices.',
          'cy-GB':
            '- Rhaid i gofion bach gael eu **hamgryptio** o hyn ymlaen.\n- Cyswllt newydd ar gyfer dyfeisiau coll.',
        },
      }),
  }),
  gateView('policy, answers missing', {
    screen: staffScreen,
    prepare: async ({ page }, language) => {
      await button(page, words[language].accept).click();
      await page.getByRole('alert').waitFor();
    },
  }),
  gateView('policy, not recorded', {
    screen: async () => ({ ...(await staffScreen()), notice: 'not-recorded', noticeDetail: longDetail }),
  }),
  gateView('check', {
    screen: staffScreen,
    prepare: async (double, language) => {
      await answerAll(double);
      await button(double.page, words[language].accept).click();
      await double.page.locator('.summary').waitFor();
    },
  }),
  gateView('check, recording', {
    screen: staffScreen,
    prepare: async (double, language) => {
      await answerAll(double);
      await button(double.page, words[language].accept).click();
      await double.page.locator('.summary').waitFor();
      await double.push({ ...double.state(), screen: { name: 'recording' } });
      await double.page.locator('.working').waitFor();
    },
  }),
  gateView('recording after a crash', { screen: () => ({ name: 'recording' }) }),
  gateView('accepted', {
    screen: async () => ({
      name: 'accepted',
      title: (await shippedPolicy('staff')).title,
      policyVersion: '2026.1',
      decidedAt: '2026-11-22T08:41:12Z',
      remaining: 2,
    }),
  }),
  ...declineActions.map((onDecline) =>
    gateView(`decline dialog, ${onDecline}`, {
      screen: staffScreen,
      state: { onDecline, isOverWork: true },
      prepare: async ({ page }, language) => {
        await button(page, words[language].decline).click();
        await page.getByRole('dialog').waitFor();
      },
    }),
  ),
  ...declineActions.map((onDecline) =>
    gateView(`declining, ${onDecline}`, {
      screen: () => ({ name: 'declining', onDecline, secondsLeft: 42 }),
      state: { isOverWork: true },
    }),
  ),
  gateView('leaving', { screen: () => ({ name: 'leaving', onDecline: 'sign-out' }) }),
  ...blockedReasons.map((reason) =>
    gateView(`blocked, ${reason}`, {
      screen: () => ({ name: 'blocked', reason, detail: blockedDetails[reason] }),
    }),
  ),
  gateView('help', {
    screen: staffScreen,
    state: { breakGlassAvailable: true },
    prepare: async ({ page }, language) => {
      await button(page, words[language].help).click();
      await page.getByRole('dialog').waitFor();
      await button(page, words[language].askForHelp).click();
      await page.locator('.dialog .mark-good').waitFor();
    },
  }),
  gateView('help, wrong code', {
    screen: staffScreen,
    state: { breakGlassAvailable: true },
    handlers: {
      requestHelp: () => Promise.resolve({ recorded: false }),
      breakGlass: () => Promise.resolve({ outcome: 'wait', waitSeconds: 30 }),
    },
    prepare: async ({ page }, language) => {
      await button(page, words[language].help).click();
      await button(page, words[language].askForHelp).click();
      await page.getByText(words[language].technicians).click();
      await page.locator('#break-glass-code').fill('0000');
      await page.keyboard.press('Enter');
      await page.getByText('30').waitFor();
    },
  }),
  smallView('cover', coverContract, frame, () => ({ comeHere: nothing })),
  smallView('about', aboutContract, about, smallHandlers),
  smallView(
    'about, screen lock held off',
    aboutContract,
    {
      ...about,
      status: {
        ...about.status,
        idle: {
          state: 'held',
          heldBy: 'presentation',
          heldByName: '',
          heldUntil: '2026-11-22T10:40:00Z',
          lockAfterSeconds: 300,
          limitedBy: 'system',
          locksAt: '',
        },
      },
    },
    smallHandlers,
  ),
  smallView('idle warning', idleWarningContract, idleWarning, idleWarningHandlers),
  smallView(
    'idle warning, sign-out later',
    idleWarningContract,
    { ...idleWarning, secondsLeft: 9, signOutAfterMinutes: 30 },
    idleWarningHandlers,
  ),
  smallView(
    'idle warning, sign-out',
    idleWarningContract,
    { ...idleWarning, purpose: 'sign-out', secondsLeft: 1 },
    idleWarningHandlers,
  ),
  smallView('agreements', agreementsContract, agreements, agreementsHandlers),
  smallView(
    'agreements, none',
    agreementsContract,
    { ...agreements, agreements: [], askingElsewhere: true },
    agreementsHandlers,
  ),
  smallView('agreement', agreementsContract, agreements, agreementsHandlers, async ({ page }) => {
    await page.getByRole('listitem').first().getByRole('button').click();
    await page.locator('.policy-text h3').first().waitFor();
    await page.getByRole('button', { name: 'PDF' }).click();
    await page.getByRole('status').filter({ hasText: 'PDF' }).waitFor();
  }),
  smallView(
    'agreement, text not here',
    agreementsContract,
    agreements,
    agreementsHandlers,
    async ({ page }) => {
      await page.getByRole('listitem').nth(1).getByRole('button').click();
      await page.locator('.sheet > p:not(.actions):not([role])').last().waitFor();
    },
  ),
  smallView('records', recordsContract, records, smallHandlers),
  ...warningViews,
  ...problemViews,
];
