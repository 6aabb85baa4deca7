/** Runs the idle machine in simulated time against a PC with a user, videos, a screen that locks and a clock that jumps. */
import { advanceIdle, startIdle, warningReadMs } from '../../electron/domain/idle/idle-machine.ts';
import type {
  IdleEffect,
  IdleEvent,
  IdleSettings,
  IdleState,
  SessionSnapshot,
} from '../../electron/domain/idle/idle-state.ts';

export type Happening =
  | { readonly what: 'input' | 'lock' | 'unlock' | 'to-back' | 'to-front' | 'stay' }
  | { readonly what: 'presentation'; readonly on: boolean }
  /** The PC sleeps, and may notify on resume or not; the sensor may count the time asleep or not. */
  | {
      readonly what: 'sleep';
      readonly seconds: number;
      readonly notified: boolean;
      readonly sensorCounts: boolean;
    }
  | { readonly what: 'warnings'; readonly work: boolean }
  | { readonly what: 'locking'; readonly works: boolean };

export interface Planned {
  readonly afterSeconds: number;
  readonly happening: Happening;
}

export interface Action {
  readonly atMs: number;
  readonly effect: IdleEffect;
  /** The session at that moment. */
  readonly session: SessionSnapshot;
  readonly idleMs: number;
  /** Since the last start, wake-up, unlock, return to the front or press of *Stay signed in*. */
  readonly sinceArmedMs: number;
  /** Rises with every movement, wake-up and return. */
  readonly absence: number;
  /** How long the warning was on the screen since the last movement; undefined where there was none. */
  readonly warnedMs: number | undefined;
}

export interface Latencies {
  readonly readMs: number;
  readonly paintMs: number;
  readonly lockMs: number;
}

export interface Run {
  readonly actions: readonly Action[];
  /** When the machine's own attempts locked the screen. */
  readonly lockedAtMs: readonly number[];
  /** The longest time for which the screen of an absent user was open. */
  readonly longestOpenMs: number;
  readonly ticks: number;
  readonly state: IdleState;
}

export function simulate(
  settings: IdleSettings,
  plan: readonly Planned[],
  latencies: Latencies,
  tailSeconds: number,
): Run {
  let nowMs = 1_000_000;
  let inputAtMs = nowMs;
  let armedAtMs = nowMs;
  let sensorLagMs = 0;
  let shownAtMs: number | undefined;
  let warningsWork = true;
  let lockingWorks = true;
  let inFront = true;
  let locked = false;
  let presenting = false;
  let wentBackAtMs = nowMs;
  let openSinceMs = nowMs;
  let longestOpenMs = 0;
  let ticks = 0;
  let warnings = 0;
  let absence = 0;
  let state = startIdle(nowMs);
  const actions: Action[] = [];
  const lockedAtMs: number[] = [];
  let coming: { atMs: number; run: () => void }[] = [];

  const sensor = () => Math.max(0, Math.floor((nowMs - inputAtMs - sensorLagMs) / 1000));
  const later = (afterMs: number, run: () => void) => coming.push({ atMs: nowMs + afterMs, run });
  const noteOpen = () => {
    if (inFront && !locked) longestOpenMs = Math.max(longestOpenMs, nowMs - openSinceMs);
  };
  const restartOpen = () => {
    noteOpen();
    openSinceMs = nowMs;
    absence += 1;
  };
  const arm = () => {
    armedAtMs = nowMs;
    restartOpen();
  };
  const session = (): SessionSnapshot => ({ inFront, locked, presenting, canLock: true });

  const send = (event: IdleEvent) => {
    const step = advanceIdle(state, event, settings);
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
  };
  const carryOut = (effect: IdleEffect) => {
    actions.push({
      atMs: nowMs,
      effect,
      session: session(),
      idleMs: nowMs - inputAtMs,
      sinceArmedMs: nowMs - armedAtMs,
      absence,
      warnedMs: shownAtMs === undefined ? undefined : nowMs - Math.max(shownAtMs, inputAtMs),
    });
    switch (effect.kind) {
      case 'read-session':
        later(latencies.readMs, () =>
          send({ kind: 'session-read', nowMs, idleSeconds: sensor(), session: session() }),
        );
        break;
      case 'show-warning': {
        warnings += 1;
        const own = warnings;
        later(latencies.paintMs, () => {
          if (state.phase.name !== 'warning' || own !== warnings) return;
          if (warningsWork) shownAtMs = nowMs;
          send({ kind: warningsWork ? 'warning-shown' : 'warning-lost', nowMs });
        });
        break;
      }
      case 'hide-warning':
        later(0, () => {
          shownAtMs = undefined;
        });
        break;
      case 'lock':
        later(latencies.lockMs, () => {
          if (lockingWorks && !locked) {
            noteOpen();
            locked = true;
            lockedAtMs.push(nowMs);
          }
          send({ kind: 'lock-answered', nowMs, idleSeconds: sensor(), locked: lockingWorks });
        });
        break;
      case 'sign-out':
        send({ kind: 'sign-out-answered', nowMs, requested: true });
        break;
      default:
        break;
    }
  };
  const happen = (happening: Happening) => {
    switch (happening.what) {
      case 'input':
        inputAtMs = nowMs;
        sensorLagMs = 0;
        absence += 1;
        if (!locked) restartOpen();
        break;
      case 'stay':
        if (state.phase.name === 'warning') arm();
        send({ kind: 'stay', nowMs });
        break;
      case 'lock':
        noteOpen();
        locked = true;
        break;
      case 'unlock':
        if (!locked) break;
        inputAtMs = nowMs;
        arm();
        locked = false;
        break;
      case 'to-back':
        if (!inFront) break;
        noteOpen();
        inFront = false;
        wentBackAtMs = nowMs;
        break;
      case 'to-front':
        if (inFront) break;
        // The agent cannot notice a state that ends before its next reading of the session.
        if (nowMs - wentBackAtMs > warningReadMs + 1000 + latencies.readMs) arm();
        inFront = true;
        break;
      case 'presentation':
        presenting = happening.on;
        break;
      case 'sleep':
        nowMs += happening.seconds * 1000;
        endMs += happening.seconds * 1000;
        if (!happening.sensorCounts) sensorLagMs += happening.seconds * 1000;
        if (happening.notified) {
          arm();
          send({ kind: 'system-changed', nowMs, change: 'resumed' });
        } else {
          restartOpen();
        }
        break;
      case 'warnings':
        warningsWork = happening.work;
        break;
      case 'locking':
        lockingWorks = happening.works;
        break;
    }
  };

  let atMs = nowMs;
  for (const { afterSeconds, happening } of plan) {
    atMs += afterSeconds * 1000;
    coming.push({ atMs, run: () => happen(happening) });
  }
  let endMs = atMs + tailSeconds * 1000;
  while (nowMs < endMs) {
    coming.sort((left, right) => left.atMs - right.atMs);
    const [next] = coming;
    // Timers that fell due during a sleep run right after it.
    if (next !== undefined && next.atMs <= state.wakeAtMs) {
      coming = coming.slice(1);
      nowMs = Math.max(nowMs, next.atMs);
      next.run();
    } else {
      nowMs = Math.max(nowMs, state.wakeAtMs);
      ticks += 1;
      send({ kind: 'tick', nowMs, idleSeconds: sensor() });
      if (state.wakeAtMs <= nowMs - 1) throw new Error(`no progress in ${state.phase.name}`);
    }
    if (ticks > 500_000) throw new Error(`spins in ${JSON.stringify(state)}`);
  }
  noteOpen();
  return { actions, lockedAtMs, longestOpenMs, ticks, state };
}
