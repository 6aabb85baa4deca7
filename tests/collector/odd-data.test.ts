/** Times that cannot be true, versions that are not known yet, and names that would mislead a terminal. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { showLines, showText } from '../../collector/src/show-text.ts';
import {
  acknowledgedData,
  enrolmentRequest,
  makeAgent,
  minutesAgo,
  postJson,
  report,
  startTestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

function rows(dataDirectory: string, query: string) {
  const database = new DatabaseSync(`${dataDirectory}/collector.sqlite`, { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

const dayMinutes = 24 * 60;

describe('a time in an event', () => {
  it.each([
    ['400 days before it arrives', 400 * dayMinutes - 5, '', 'counts'],
    ['more than that', 400 * dayMinutes + 5, 'wrong-time', 'wrong-time'],
    ['a day after it arrives', -dayMinutes + 5, '', 'counts'],
    ['more than that', -dayMinutes - 60, 'wrong-time', 'wrong-time'],
  ])(
    '%s: the collector keeps it, marks what cannot be true, and does not let that count',
    async (_name, minutes, marks, standing) => {
      const running = await startTestCollector();
      const agent = await makeAgent(running);
      const real = agent.acknowledgement({ decidedAt: minutesAgo(5) });
      const event = agent.acknowledgement({ decidedAt: minutesAgo(minutes) });
      expect(await report(agent, [event])).toMatchObject([{ status: 'stored' }]);
      expect(rows(running.dataDirectory, 'select marks from events')).toEqual([{ marks }]);
      expect(rows(running.dataDirectory, 'select standing from acknowledgements')).toEqual([{ standing }]);
      expect(await exportedTexts(running.dataDirectory)).toEqual([JSON.stringify(event)]);
      await report(agent, [real]);
      expect(rows(running.dataDirectory, 'select event_id from latest_acceptances')).toHaveLength(1);
      expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
    },
  );

  it('that cannot be true in the envelope of another report is marked too', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    await report(agent, [{ ...agent.event(), time: '1970-01-01T00:00:00.000Z' }, agent.event()]);
    expect(rows(running.dataDirectory, 'select marks from events order by position')).toEqual([
      { marks: 'wrong-time' },
      { marks: '' },
    ]);
  });
});

it('an unknown version of a known type is kept, marked and counted; a type of another program is only kept', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const later = { ...agent.acknowledgement(), type: 'porthor.policy.acknowledged.v2' };
  expect(await report(agent, [later, agent.event()])).toMatchObject([
    { status: 'stored' },
    { status: 'stored' },
  ]);
  expect(rows(running.dataDirectory, 'select unreadable from events order by position')).toEqual([
    { unreadable: 'type: this collector knows it in another version' },
    { unreadable: null },
  ]);
  expect(
    rows(
      running.dataDirectory,
      "select json_extract(arrival, '$[3]') as evidence from log_salts where arrival is not null",
    ),
  ).toEqual([{ evidence: 'unreadable' }]);
  expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
});

it('a terminal shows control characters from a PC and does not obey them', async () => {
  const running = await startTestCollector();
  const hostname = 'LAB\u001b[2J\u202e01';
  const request = enrolmentRequest(await running.collector.createEnrolmentToken());
  const { proof: _proof, ...unproven } = request;
  const machine = { ...acknowledgedData().machine, hostname };
  expect((await postJson(`${running.address}/v1/agents`, { ...unproven, machine })).status).toBe(200);
  const { stdout } = await runCollector('agent', 'list', '--data', running.dataDirectory);
  expect(stdout).toContain('LAB[U+001B][2J[U+202E]01');
  expect(stdout).not.toContain('\u001b');
});

it('text keeps every character that can be seen', () => {
  const seen = 'Siân Ŵyn – O’Neill, 李小龍, مدرّسة, 👩🏽 é';
  expect(showText(seen)).toBe(seen);
  expect(showText('a\u200db\tc\n')).toBe('a[U+200D]b[U+0009]c[U+000A]');
  expect(showLines('a\tb\n\u0007')).toBe('a\tb\n[U+0007]');
});
