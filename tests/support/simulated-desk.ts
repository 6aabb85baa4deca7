/** A PC with a person, films, a screen that locks and a clock that jumps, run against the idle machine in made-up time. */
import {
  advanceIdle,
  type Desk,
  type IdleEffect,
  type IdleEvent,
  type IdleSettings,
  type IdleState,
  startIdle,
  warningLookMs,
} from '../../electron/domain/idle/idle-machine.ts';

export type Happening =
  | { readonly what: 'input' | 'lock' | 'unlock' | 'to-back' | 'to-front' | 'stay' }
  | { readonly what: 'presentation'; readonly on: boolean }
  /** The machine sleeps and tells of waking up, or does not; the sensor may count the time asleep or not. */
  | {
      readonly what: 'sleep';
      readonly seconds: number;
      readonly told: boolean;
      readonly sensorCounts: boolean;
    }
  | { readonly what: 'warnings'; readonly work: boolean }
  | { readonly what: 'locking'; readonly works: boolean };

export interface Planned {
  readonly afterSeconds: number;
  readonly happening: Happening;
}

export interface Deed {
  readonly atMs: number;
  readonly effect: IdleEffect;
  /** What was true at that moment. */
  readonly desk: Desk;
  readonly idleMs: number;
  /** Since the last start, wake-up, unlock, return to the front or press of *Stay signed in*. */
  readonly sinceArmedMs: number;
  /** The same from one movement, wake-up or return to the next. */
  readonly absence: number;
  /** How long the warning had stood on the screen without anybody moving; undefined where none stood. */
  readonly warnedMs: number | undefined;
}

export interface Latencies {
  readonly lookMs: number;
  readonly paintMs: number;
  readonly lockMs: number;
}

export interface Run {
  readonly deeds: readonly Deed[];
  /** Moments at which the screen became locked by the machine's own doing. */
  readonly lockedAtMs: readonly number[];
  /** Longest that a person could have been away from an open screen with nothing done about it. */
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
  const deeds: Deed[] = [];
  const lockedAtMs: number[] = [];
  let coming: { atMs: number; run: () => void }[] = [];

  const sensor = () => Math.max(0, Math.floor((nowMs - inputAtMs - sensorLagMs) / 1000));
  const later = (afterMs: number, run: () => void) => coming.push({ atMs: nowMs + afterMs, run });
  const noteOpen = () => {
    if (inFront && !locked) longestOpenMs = Math.max(longestOpenMs, nowMs - openSinceMs);
  };
  const openAnew = () => {
    noteOpen();
    openSinceMs = nowMs;
    absence += 1;
  };
  const arm = () => {
    armedAtMs = nowMs;
    openAnew();
  };
  const desk = (): Desk => ({ inFront, locked, presenting, canLock: true });

  const send = (event: IdleEvent) => {
    const step = advanceIdle(state, event, settings);
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
  };
  const carryOut = (effect: IdleEffect) => {
    deeds.push({
      atMs: nowMs,
      effect,
      desk: desk(),
      idleMs: nowMs - inputAtMs,
      sinceArmedMs: nowMs - armedAtMs,
      absence,
      warnedMs: shownAtMs === undefined ? undefined : nowMs - Math.max(shownAtMs, inputAtMs),
    });
    switch (effect.kind) {
      case 'look':
        later(latencies.lookMs, () =>
          send({ kind: 'desk-seen', nowMs, idleSeconds: sensor(), desk: desk() }),
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
        if (!locked) openAnew();
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
        // What is over before anybody looks again cannot be seen.
        if (nowMs - wentBackAtMs > warningLookMs + 1000 + latencies.lookMs) arm();
        inFront = true;
        break;
      case 'presentation':
        presenting = happening.on;
        break;
      case 'sleep':
        nowMs += happening.seconds * 1000;
        endMs += happening.seconds * 1000;
        if (!happening.sensorCounts) sensorLagMs += happening.seconds * 1000;
        if (happening.told) {
          arm();
          send({ kind: 'system-changed', nowMs, change: 'resumed' });
        } else {
          openAnew();
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
    // What fell due during a sleep comes right after it, as it does with timers.
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
  return { deeds, lockedAtMs, longestOpenMs, ticks, state };
}
