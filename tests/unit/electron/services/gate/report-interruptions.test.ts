import { describe, expect, it } from 'vitest';
import { createInterruptionReports } from '../../../../../electron/services/gate/report-interruptions.ts';
import type { NewEvent } from '../../../../../electron/storage/outbox/outbox.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';

function createWorld() {
  const clock = createFakeClock();
  const reported: unknown[] = [];
  const interruptions = createInterruptionReports({
    clock,
    subject: 'machine',
    report: ({ data }: NewEvent) => Promise.resolve(reported.push(data)),
  });
  return { clock, reported, interruptions };
}

describe('an interruption of the gate', () => {
  it('is reported when it starts, and again with its end', () => {
    const { clock, reported, interruptions } = createWorld();
    interruptions.lost('cover-lost', 'minimised');
    clock.advance(1000);
    interruptions.regained('cover-lost');
    expect(reported).toEqual([
      { what: 'cover-lost', detail: 'minimised', lostAt: '2026-11-22T08:40:00.000Z' },
      {
        what: 'cover-lost',
        detail: '',
        lostAt: '2026-11-22T08:40:00.000Z',
        regainedAt: '2026-11-22T08:40:01.000Z',
      },
    ]);
  });

  it('that repeats does not fill the outbox: each kind is reported once a minute', () => {
    const { clock, reported, interruptions } = createWorld();
    for (let press = 0; press < 600; press += 1) {
      interruptions.lost('window-closed', 'gate');
      interruptions.lost('cover-lost', 'hidden');
      interruptions.regained('cover-lost');
      clock.advance(100);
    }
    expect(reported).toHaveLength(3);
    interruptions.lost('window-closed', 'gate');
    expect(reported).toHaveLength(4);
  });

  it('is none while the session ends, and is one again when the user cancelled that', () => {
    const { clock, reported, interruptions } = createWorld();
    interruptions.noteSessionEnding();
    expect(interruptions.isSessionEnding()).toBe(true);
    interruptions.lost('renderer-gone', 'gate: killed');
    expect(reported).toEqual([]);
    clock.advance(60_000);
    expect(interruptions.isSessionEnding()).toBe(false);
    interruptions.lost('renderer-gone', 'gate: killed');
    expect(reported).toHaveLength(1);
  });

  it('that was not reported has no reported end either', () => {
    const { reported, interruptions } = createWorld();
    interruptions.regained('renderer-gone');
    expect(reported).toEqual([]);
  });
});
