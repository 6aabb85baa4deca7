/** How the user's answers at the gate are written down. */
import { describe, expect, it } from 'vitest';
import { createAnswerRecords } from '../../../../../electron/services/gate/record-answers.ts';
import type { Reports } from '../../../../../electron/services/reporting/reports.ts';
import type { NewEvent } from '../../../../../electron/storage/outbox/outbox.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';
import { account, machine } from '../../../../support/storage-fixtures.ts';

function createWorld() {
  const clock = createFakeClock();
  const reported: NewEvent[] = [];
  const disk = { isFull: false };
  const reports: Pick<Reports, 'report' | 'onFault'> = {
    report: (event) => {
      if (disk.isFull) return Promise.resolve(fail('The disk of this PC is full.'));
      reported.push(event);
      return Promise.resolve(succeed(undefined));
    },
    onFault: () => undefined,
  };
  const records = createAnswerRecords({
    state: () => undefined,
    person: () => ({ account, groups: [], loginId: 'login-1' }),
    audience: () => 'staff',
    machine,
    agentVersion: '0.1.0',
    clock,
    reports,
    keepText: () => Promise.resolve(),
  });
  const askForHelp = (version = '2026.1') =>
    records.recordAnswer(
      { pack: makePack({ version }), reason: 'first' },
      {
        action: 'help-requested',
        language: 'cy-GB',
        openedAt: '2026-11-22T08:39:00.000Z',
        draft: { ticked: [], fullName: '', jobRole: '' },
      },
    );
  return { clock, reported, disk, records, askForHelp };
}

describe('a call for help', () => {
  it('is recorded once a minute, however long the user holds the key, because such evidence is never dropped', async () => {
    const { clock, reported, askForHelp } = createWorld();
    for (let press = 0; press < 600; press += 1) {
      expect(await askForHelp()).toEqual(succeed(undefined));
      clock.advance(100);
    }
    expect(reported).toHaveLength(1);
    await askForHelp();
    expect(reported).toHaveLength(2);
    await askForHelp('2026.2');
    expect(reported, 'about another policy it is another call').toHaveLength(3);
  });

  it('that could not be recorded is tried again at the next press', async () => {
    const { reported, disk, askForHelp } = createWorld();
    disk.isFull = true;
    expect(await askForHelp()).toEqual(fail('The disk of this PC is full.'));
    disk.isFull = false;
    expect(await askForHelp()).toEqual(succeed(undefined));
    expect(reported).toHaveLength(1);
  });

  it('while no policy can be shown is recorded once a minute too', async () => {
    const { clock, reported, records } = createWorld();
    for (let press = 0; press < 10; press += 1) await records.reportProblem('Help was asked for.');
    expect(reported).toHaveLength(1);
    clock.advance(60_000);
    await records.reportProblem('Help was asked for.');
    expect(reported).toHaveLength(2);
  });
});

it('records every decline as a separate answer', async () => {
  const { reported, records } = createWorld();
  for (let time = 0; time < 3; time += 1) {
    await records.recordAnswer(
      { pack: makePack(), reason: 'first' },
      {
        action: 'declined',
        language: 'en-GB',
        openedAt: '2026-11-22T08:39:00.000Z',
        draft: { ticked: [], fullName: '', jobRole: '' },
      },
    );
  }
  expect(reported).toHaveLength(3);
});
