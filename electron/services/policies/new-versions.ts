/**
 * `policy.applyNewVersion: at-once`: notices a new version during work, announces it, and shuts the gate after a fair
 * time.
 */
import { formatTimeOfDay } from '../../../shared/i18n/format-date.ts';
import type { Translator } from '../../../shared/i18n/translator.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** How often the agent reads the school's folder. Other sources report their news through `check`. */
const lookEveryMs = 10 * 60 * 1000;
/** Enough to end a sentence, save, and announce it to a class. */
const noticeMinutes = 5;

export interface Announcement {
  readonly title: string;
  readonly message: string;
  readonly detail: string;
  readonly readNow: string;
  readonly later: string;
}

interface Options {
  readonly clock: Clock;
  /** Policies that have become due by publication, while a receipt keeps the gate open. */
  readonly newlyDue: () => Promise<readonly DuePolicy[]>;
  readonly shut: () => Promise<void>;
  readonly translator: () => Translator;
  /** Resolves with whether the user wants to read now; the signal removes the message. */
  readonly announce: (announcement: Announcement, signal: AbortSignal) => Promise<boolean>;
  readonly log: (line: string) => void;
}

export interface NewVersions {
  /** Policies may have changed: checks now. */
  check(): void;
  stop(): void;
}

/**
 * The message is the system's own message box. Every screen reader can read it, it needs no page that would stay in
 * memory for months, and it appears perhaps once a year. The time runs whether the user sees or closes it.
 */
export function startNewVersions(options: Options): NewVersions {
  const { clock } = options;
  let stopTimer = () => {};
  let announced: AbortController | undefined;
  let isLooking = false;
  let looksAgain = false;
  let isStopped = false;

  const waitAndLook = () => {
    stopTimer();
    stopTimer = clock.setTimer(lookEveryMs, () => void look());
  };
  const shut = () => {
    announced?.abort();
    announced = undefined;
    options.shut().catch((error: unknown) => options.log(`new version: ${String(error)}`));
    waitAndLook();
  };
  const look = async (): Promise<void> => {
    if (isStopped || announced !== undefined) return;
    if (isLooking) {
      // The reading that runs now may have started before the news.
      looksAgain = true;
      return;
    }
    isLooking = true;
    looksAgain = false;
    const due = await options.newlyDue().catch((error: unknown) => {
      options.log(`new version: ${String(error)}`);
      return [];
    });
    isLooking = false;
    if (isStopped) return;
    const [first] = due;
    if (first === undefined) {
      waitAndLook();
      if (looksAgain) await look();
      return;
    }
    options.log(`new version: ${first.pack.manifest.id} ${first.pack.manifest.version}`);
    const words = options.translator();
    const at = new Date(clock.nowUtc().getTime() + noticeMinutes * 60_000).toISOString();
    const current = new AbortController();
    announced = current;
    stopTimer();
    stopTimer = clock.setTimer(noticeMinutes * 60_000, shut);
    const answer = options.announce(
      {
        title: words.text('tray.newVersion.title'),
        message: words.text('tray.newVersion.message', { title: first.pack.manifest.title[words.language] }),
        detail: words.text('tray.newVersion.detail', { time: formatTimeOfDay(at) }),
        readNow: words.text('tray.newVersion.readNow'),
        later: words.text('tray.newVersion.later'),
      },
      current.signal,
    );
    // If the message cannot be shown, the gate still shuts, and no sooner.
    const wantsNow = await answer.catch(() => false);
    if (wantsNow && announced === current && !isStopped) shut();
  };

  waitAndLook();
  return {
    check: () => void look(),
    stop: () => {
      isStopped = true;
      stopTimer();
      announced?.abort();
    },
  };
}
