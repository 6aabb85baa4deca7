/** Watches for presentations and videos, which hold the idle lock off. */
import type { Presence, PresencePort } from '../../platform/presence/presence-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** A presentation that is on is read again this often, because the tray shows it. */
const readAgainMs = 60_000;

export interface Presentations {
  /** Reads now, and again by itself as long as one is on. */
  read(): Promise<void>;
  /** By the last reading. */
  current(): readonly Presence[];
  stop(): void;
}

interface Options {
  readonly clock: Clock;
  readonly presence: PresencePort;
  /** Presentations count now: the school allows it, and the gate does not fill the screen. */
  readonly mayHold: () => boolean;
  /** After a reading that came by itself. */
  readonly onReadAgain: () => void;
}

export function createPresentations({ clock, presence, mayHold, onReadAgain }: Options): Presentations {
  let current: readonly Presence[] = [];
  let stopTimer = () => {};
  let stopped = false;

  const read = async (): Promise<void> => {
    stopTimer();
    stopTimer = () => {};
    if (!mayHold()) {
      current = [];
      return;
    }
    const answer = await presence.read();
    // Where it cannot be read, the limit holds: a lock that never comes does more harm, and this one is announced.
    current = answer.ok ? answer.value : [];
    if (current.length > 0 && !stopped) {
      stopTimer = clock.setTimer(readAgainMs, () => void read().then(onReadAgain));
    }
  };

  return {
    read,
    current: () => current,
    stop: () => {
      stopped = true;
      stopTimer();
    },
  };
}
