/** “Report a problem” as the agent runs it: the user's words, and the self-check. Loaded on request. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { createTranslator } from '../../../shared/i18n/translator.ts';
import { type ProblemContract, problemContract } from '../../../shared/ipc/problem.ts';
import type { Result } from '../../../shared/lib/result.ts';
import { type Refusal, registerWindow } from '../../ipc/register.ts';
import type { EventParties } from '../../services/idle/lock-events.ts';
import { toFrame } from '../../services/information/information-views.ts';
import type { LanguageChoice } from '../../services/language.ts';
import { reportFile, type ThisPc } from '../../services/self-check/check-this-pc.ts';
import { createProblemCheck } from '../../services/self-check/problem-check.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import { createInformationWindows } from '../../windows/information-windows.ts';
import { pageUrl } from '../../windows/open-page.ts';
import { saveFile, showInFolder } from '../../windows/save-file.ts';

interface Options {
  readonly pc: ThisPc;
  readonly config: () => ManagedConfig;
  readonly preloadFolder: string;
  readonly language: LanguageChoice;
  readonly parties: () => EventParties | undefined;
  readonly report: (event: NewEvent) => Promise<Result<undefined, string>>;
  readonly onRefused: (refusal: Refusal) => void;
  readonly log: (line: string) => void;
}

export interface ProblemWindow {
  /** Opens the window, or brings the open one to the front. */
  open(): void;
  /** The language or the school's configuration has changed. */
  refresh(): void;
  stop(): void;
}

export function startProblem(options: Options): ProblemWindow {
  const { language, log, parties, report } = options;
  const check = createProblemCheck({
    pc: options.pc,
    parties,
    report,
    onChanged: () => channel.push(view()),
    log,
  });

  const windows = createInformationWindows({
    folders: { preload: options.preloadFolder },
    windowTitle: (page) => createTranslator(language.current()).text(`${page}.title`),
    onFailed: (page, reason) => log(`window: ${page}: ${reason}`),
  });

  let savedReport = '';
  const view = () => ({
    ...toFrame(options.config(), language.current()),
    hasCollector: options.config().collectorUrl !== '',
    check: check.state(),
  });
  const channel = registerWindow<ProblemContract>({
    contract: problemContract,
    initialState: view(),
    handlers: {
      setLanguage: (input) => {
        language.set(input.language);
        return Promise.resolve({});
      },
      close: () => {
        windows.close('problem');
        return Promise.resolve({});
      },
      sendProblem: async ({ text }) => {
        const named = parties();
        if (named === undefined) return { outcome: 'not-recorded' };
        const { subject, account, machine } = named;
        const recorded = await report({
          type: 'porthor.problem.reported.v1',
          subject,
          data: { text, account, machine },
        });
        return { outcome: recorded.ok ? 'recorded' : 'not-recorded' };
      },
      startCheck: ({ mayLock }) => {
        void check.run(mayLock);
        return Promise.resolve({});
      },
      saveReport: async (_input, page) => {
        const checked = check.state();
        if (checked.state !== 'done') return { outcome: 'failed', path: '' };
        const saved = await saveFile(
          page,
          {
            name: `porthor-self-check-${checked.report.checkedAt.slice(0, 10)}.json`,
            filter: { name: 'JSON', extension: 'json' },
            // Only this account can read the file.
            mode: 0o600,
            make: () => Promise.resolve(reportFile(checked.report)),
          },
          (reason) => log(`self-check: not saved: ${reason}`),
        );
        if (saved.outcome === 'saved') savedReport = saved.path;
        return saved;
      },
      showSavedReport: () => {
        // The page names no path, so it can show only what the user has saved.
        if (savedReport !== '') showInFolder(savedReport);
        return Promise.resolve({});
      },
    },
    windows: () => windows.contents('problem'),
    pageUrl: pageUrl('problem'),
    onRefused: options.onRefused,
  });

  return {
    open: () => windows.open('problem'),
    refresh: () => channel.push(view()),
    stop: () => {
      windows.closeAll();
      channel.dispose();
    },
  };
}
