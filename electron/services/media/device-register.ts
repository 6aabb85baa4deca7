/**
 * Keeps this PC's copy of the device register fresh: rarely as a rule, and often after a user has asked for approval.
 */
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
  /** An answer may come soon: asks a few times, at growing intervals. */
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
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

const deadlineMs = 30_000;
const firstAnswerMs = 5000;
/** Thirty PCs that were switched on together must not ask together for ever. */
const jitter = 0.2;

export function createDeviceRegister(options: Options): DeviceRegister {
  const { session, store, clock, random, onChanged, log } = options;
  const everyMs = options.everySeconds * 1000;
  let stopTimer = () => {};
  let isStopped = true;
  let isAsking = false;
  /** The pace while an answer is awaited; it doubles until it reaches the usual pace. */
  let paceMs = everyMs;
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
      const { entries, answers, entityTag } = answer.value;
      await store.write({ entries, answers, entityTag });
      onChanged();
    }
    paceMs = Math.min(everyMs, paceMs * 2);
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
      arm();
    },
    wake: () => void ask(),
    stop: () => {
      isStopped = true;
      stopTimer();
    },
  };
}
