/**
 * Keeps this PC's copy of the device register fresh: rarely as a rule, and often while a user waits for an answer.
 */
import type { OfferedCode } from '../../../shared/device/offline-code.ts';
import type { MediaAnswer, RegisterEntry } from '../../../shared/wire/media.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { DeviceRegisterStore } from '../../storage/device-register/device-register-store.ts';
import type { CollectorSession } from '../reporting/collector-session.ts';

export interface DeviceRegister {
  /** The last valid register, whether or not the collector answers now. */
  entries(): readonly RegisterEntry[];
  /** What the school has answered to this user, newest first. */
  answers(): readonly MediaAnswer[];
  start(): void;
  /** A user has asked: asks at growing intervals, at least once a minute until an answer comes, for a working day. */
  expectAnswer(): void;
  /** The PC woke up or the network may be back. */
  wake(): void;
  /** Leaves no timer. */
  stop(): void;
}

interface Options {
  /** Undefined where no collector is set. */
  readonly session: Pick<CollectorSession, 'mediaRegister'> | undefined;
  readonly store: DeviceRegisterStore;
  /** The account whose requests are answered; empty while the signed-in account is unknown. */
  readonly accountKey: () => string;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** The pace of the heartbeat: a 304 costs the school equally little. */
  readonly everySeconds: number;
  /** The hashes of codes for approval by telephone. */
  readonly onOfflineCodes?: (offered: readonly OfferedCode[]) => Promise<void>;
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

const deadlineMs = 30_000;
const firstAnswerMs = 5000;
/** With its jitter and the time to ask, an answer is on the screen within a minute. */
const slowestAnswerMs = 50_000;
const answerAwaitedMs = 10 * 60 * 60 * 1000;
/** Thirty PCs that were switched on together must not ask together for ever. */
const jitter = 0.2;

/** Another answer than before has come. */
function isNews(before: readonly MediaAnswer[], now: readonly MediaAnswer[]): boolean {
  return now.some(({ insertionId, decidedAt }) =>
    before.every((one) => one.insertionId !== insertionId || one.decidedAt !== decidedAt),
  );
}

export function createDeviceRegister(options: Options): DeviceRegister {
  const { session, store, clock, random, onChanged, log } = options;
  const everyMs = options.everySeconds * 1000;
  let stopTimer = () => {};
  let isStopped = true;
  let isAsking = false;
  /** The pace while an answer is awaited; it doubles up to `slowestAnswerMs`. */
  let paceMs = everyMs;
  let awaitsUntilMs = Number.NEGATIVE_INFINITY;
  let lastProblem = '';

  const arm = () => {
    stopTimer();
    if (isStopped || session === undefined) return;
    const delayMs = Math.min(paceMs, everyMs) * (1 + jitter * (random() - 0.5));
    stopTimer = clock.setTimer(delayMs, () => void ask());
  };

  const ask = async (): Promise<void> => {
    if (session === undefined || isStopped || isAsking) return;
    isAsking = true;
    const question = { entityTag: store.read().entityTag, accountKey: options.accountKey() };
    const answer = await session.mediaRegister(question, deadlineMs);
    isAsking = false;
    if (isStopped) return;
    const problem = answer.ok ? '' : `${answer.error.kind}: ${answer.error.reason}`;
    if (problem !== '' && problem !== lastProblem) log(`media register: ${problem}`);
    lastProblem = problem;
    if (answer.ok && answer.value.changed) {
      const { entries, answers, offlineCodes, entityTag } = answer.value;
      if (isNews(store.read().answers, answers)) awaitsUntilMs = Number.NEGATIVE_INFINITY;
      await store.write({ entries, answers, entityTag });
      if (offlineCodes !== undefined) await options.onOfflineCodes?.(offlineCodes);
      onChanged();
    }
    paceMs = clock.monotonicMs() < awaitsUntilMs ? Math.min(slowestAnswerMs, paceMs * 2) : everyMs;
    arm();
  };

  return {
    entries: () => store.read().entries,
    answers: () => store.read().answers,
    start: () => {
      if (!isStopped) return;
      isStopped = false;
      void ask();
    },
    expectAnswer: () => {
      paceMs = Math.min(firstAnswerMs, everyMs);
      awaitsUntilMs = clock.monotonicMs() + answerAwaitedMs;
      arm();
    },
    wake: () => void ask(),
    stop: () => {
      isStopped = true;
      stopTimer();
    },
  };
}
