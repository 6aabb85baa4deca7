/** Reports what interrupted the shut gate, and when the gate was whole again. */
import type { EventData } from '../../../shared/wire/events.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';

type Interruption = EventData<'porthor.gate.interrupted.v1'>['what'];

/** A key that is held down, or a program that fights for the top, would fill the outbox and the collector. */
const sameAgainAfterMs = 60_000;
/** Windows ends the pages before the agent. A sign-out that is cancelled leaves the agent running. */
const sessionEndsWithinMs = 60_000;

interface Options {
  readonly clock: Clock;
  /** The machine's id. */
  readonly subject: string;
  readonly report: (event: NewEvent) => Promise<unknown>;
}

export interface InterruptionReports {
  /** Reports the same kind of interruption at most once a minute; the log has every one. */
  lost(what: Interruption, detail: string): void;
  regained(what: Interruption): void;
  /** The session is about to end: what happens to the windows now is no interruption, and a page that ends is no crash. */
  noteSessionEnding(): void;
  isSessionEnding(): boolean;
}

export function createInterruptionReports({ clock, subject, report }: Options): InterruptionReports {
  const toldAtMs = new Map<Interruption, number>();
  const lostAt = new Map<Interruption, string>();
  let endingUntilMs = Number.NEGATIVE_INFINITY;
  const isSessionEnding = () => clock.monotonicMs() < endingUntilMs;
  const send = (what: Interruption, detail: string, lost: string, regainedAt?: string) =>
    void report({
      type: 'porthor.gate.interrupted.v1',
      subject,
      data: {
        what,
        detail: detail.slice(0, 500),
        lostAt: lost,
        ...(regainedAt === undefined ? {} : { regainedAt }),
      },
    });
  return {
    lost: (what, detail) => {
      const nowMs = clock.monotonicMs();
      if (isSessionEnding()) return;
      if (nowMs - (toldAtMs.get(what) ?? Number.NEGATIVE_INFINITY) < sameAgainAfterMs) return;
      toldAtMs.set(what, nowMs);
      const now = clock.nowUtc().toISOString();
      lostAt.set(what, now);
      send(what, detail, now);
    },
    regained: (what) => {
      const lost = lostAt.get(what);
      lostAt.delete(what);
      if (lost !== undefined) send(what, '', lost, clock.nowUtc().toISOString());
    },
    noteSessionEnding: () => {
      endingUntilMs = clock.monotonicMs() + sessionEndsWithinMs;
    },
    isSessionEnding,
  };
}
