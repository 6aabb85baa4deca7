/** `policy.applyNewVersion: at-once`: notices a new version while people work, announces it, and shuts the gate after a fair time. */
import { formatTimeOfDay } from '../../../shared/i18n/format-date.ts';
import type { Translator } from '../../../shared/i18n/translator.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** How often the school's folder is looked at. What arrives from elsewhere tells of itself, through `check`. */
const lookEveryMs = 10 * 60 * 1000;
/** Enough to end a sentence, save, and say so to a class. */
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
  /** Policies that have become due by being published, while the gate stands open by a receipt. */
  readonly newlyDue: () => Promise<readonly DuePolicy[]>;
  readonly shut: () => Promise<void>;
  readonly translator: () => Translator;
  /** Resolves with whether the person wants to read now; the signal takes the message away. */
  readonly announce: (announcement: Announcement, signal: AbortSignal) => Promise<boolean>;
  readonly log: (line: string) => void;
}

export interface NewVersions {
  /** Policies may have changed: looks now. */
  check(): void;
  stop(): void;
}

/**
 * The message is the system's own message box: it can be read by every screen reader, needs no page that would stay
 * in memory for months, and is shown perhaps once a year. Whether it is seen or closed, the time runs.
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
      // What is being read now may be what was there before the news.
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
    // A message that could not be shown is no reason to shut sooner or never.
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
