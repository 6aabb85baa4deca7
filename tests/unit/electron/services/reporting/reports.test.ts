/** Reports before the outbox is open, and repeated faults. */
import { describe, expect, it } from 'vitest';
import { createReports } from '../../../../../electron/services/reporting/reports.ts';
import type { NewEvent, Outbox } from '../../../../../electron/storage/outbox/outbox.ts';
import { fail } from '../../../../../shared/lib/result.ts';
import { machine } from '../../../../support/storage-fixtures.ts';

const slip = { fault: 'config-invalid', subject: 'idle', reason: 'too long' };

function createWorld() {
  const appended: NewEvent[] = [];
  const log: string[] = [];
  const outbox: Pick<Outbox, 'append'> = {
    append: (event) => {
      appended.push(event);
      return Promise.resolve(fail({ kind: 'disk-full', reason: 'ENOSPC' }));
    },
  };
  const reports = createReports((line) => log.push(line));
  return {
    appended,
    log,
    reports,
    open: () => reports.recordIn(outbox, machine),
  };
}

describe('a fault', () => {
  it('that occurs before the records are open waits for them, and is in the log at once', () => {
    const { appended, log, reports, open } = createWorld();
    reports.onFault(slip);
    expect(appended).toEqual([]);
    expect(log).toEqual(['fault: config-invalid: idle: too long']);
    open();
    expect(appended).toEqual([
      { type: 'porthor.agent.fault.v1', subject: machine.id, data: { ...slip, machine } },
    ]);
    open();
    expect(appended).toHaveLength(1);
  });

  it('is reported once per run, separately from other faults', () => {
    const { appended, reports, open } = createWorld();
    open();
    for (let time = 0; time < 5; time += 1) reports.onFault(slip);
    reports.onFault({ ...slip, subject: 'media' });
    expect(appended).toHaveLength(2);
  });
});

describe('an event', () => {
  it('that cannot be recorded is answered with a sentence for the user, and logged', async () => {
    const { log, reports, open } = createWorld();
    const event = {
      type: 'porthor.problem.reported.v1',
      subject: 's',
      data: { text: 't', account: { name: 'a', domain: '', sid: '', upn: '', displayName: '' }, machine },
    } as const;
    expect(await reports.report(event)).toEqual(fail('The records of this PC cannot be opened.'));
    open();
    expect(await reports.report(event)).toEqual(fail('The disk of this PC is full.'));
    expect(log).toEqual(['not recorded: porthor.problem.reported.v1: disk-full: ENOSPC']);
  });
});
