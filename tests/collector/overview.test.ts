/** The figures of the overview, over HTTP. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { type Overview, overviewSchema } from '../../shared/console/overview.ts';
import type { AcknowledgedData } from '../../shared/wire/events.ts';
import {
  enrol,
  knownAgent,
  machine,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { signInAs, signInByLink } from '../support/collector/console-client.ts';

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

interface StaffPolicy {
  readonly policyId: string;
  readonly policyVersion: string;
  readonly textSha256: string;
}

async function staffPolicy({ address }: TestCollector): Promise<StaffPolicy> {
  const { policies } = (await (await fetch(`${address}/v1/policies?audience=staff`)).json()) as {
    policies: { id: string; version: string; textSha256: Record<string, string> }[];
  };
  const [first] = policies;
  return {
    policyId: first?.id ?? '',
    policyVersion: first?.version ?? '',
    textSha256: first?.textSha256['en-GB'] ?? '',
  };
}

/** A PC of its own for an account, with its answers. */
async function answer(
  running: TestCollector,
  account: string,
  answers: readonly Partial<AcknowledgedData>[],
  schoolId?: string,
) {
  const token = await running.collector.createEnrolmentToken(schoolId);
  const { agentId, agentToken } = await enrol(running.address, token);
  const agent = knownAgent(running.address, agentId, agentToken);
  const person = { name: account, domain: 'SCHOOL', sid: '', upn: '', displayName: '' };
  const events = answers.map((one) => agent.acknowledgement({ account: person, fullName: account, ...one }));
  if (events.length > 0) await report(agent, events);
  return agent;
}

const overviewOf = async (client: Awaited<ReturnType<typeof signInByLink>>): Promise<Overview> =>
  overviewSchema.parse(await (await client.ask('GET', '/api/overview')).json());

const needsOf = ({ needs }: Overview) => Object.fromEntries(needs.map(({ kind, count }) => [kind, count]));

it('counts each account once, by the answer that is in force', async () => {
  const running = await startTestCollector();
  const staff = await staffPolicy(running);
  await answer(running, 'accepted', [{ ...staff, action: 'declined' }, staff]);
  await answer(running, 'declined', [
    { ...staff, action: 'help-requested' },
    { ...staff, action: 'declined' },
  ]);
  await answer(running, 'asked', [{ ...staff, action: 'help-requested' }]);
  // The text of an older version, which has changed in substance since.
  await answer(running, 'older', [{ ...staff, policyVersion: '0.1' }]);
  // An acceptance of a text that the school has not published.
  await answer(running, 'other-text', [{ ...staff, textSha256: 'b'.repeat(64) }]);
  const overview = await overviewOf(await signInByLink(running.collector));
  expect(overview.hasRoster).toBe(false);
  expect(overview.groups.map(({ audience, people }) => [audience, people])).toEqual([['staff', 5]]);
  const figures = overview.groups[0]?.policies.find(({ policyId }) => policyId === staff.policyId);
  expect(figures).toMatchObject({ accepted: 1, declined: 1, helpRequested: 1, outstanding: 2 });
  expect(figures?.weeks).toHaveLength(12);
  expect(figures?.weeks.at(-1)).toMatchObject({ accepted: 1, refused: 2 });
  expect(figures?.weeks.at(-3)).toMatchObject({ accepted: 0, refused: 0 });
  expect(needsOf(overview)).toMatchObject({ declined: 1, 'help-requested': 1 });
});

it('keeps an answer in every later week', async () => {
  const running = await startTestCollector();
  const staff = await staffPolicy(running);
  await answer(running, 'early', [{ ...staff, decidedAt: daysAgo(40), openedAt: daysAgo(40) }]);
  const { groups } = await overviewOf(await signInByLink(running.collector));
  const figures = groups[0]?.policies.find(({ policyId }) => policyId === staff.policyId);
  const accepted = figures?.weeks.map((week) => week.accepted) ?? [];
  expect(accepted.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(accepted.slice(-5)).toEqual([1, 1, 1, 1, 1]);
});

it('counts incidents by week, faults by kind, and PCs by state', async () => {
  const running = await startTestCollector();
  const agent = await answer(running, 'carys', []);
  const other = await answer(running, 'owain', []);
  const fault = { fault: 'config-invalid', subject: 'idle', reason: '', machine };
  const ofFault = (data: object) => ({ type: 'porthor.agent.fault.v1', data: { ...data } });
  const interrupted = {
    type: 'porthor.gate.interrupted.v1',
    data: { what: 'window-closed', detail: '', lostAt: daysAgo(0) },
  };
  await report(agent, [
    agent.event(interrupted),
    agent.event(interrupted),
    agent.event(ofFault(fault)),
    agent.event(ofFault(fault)),
    agent.event(ofFault({ ...fault, fault: 'Carys\u202e' })),
  ]);
  await report(other, [other.event(ofFault(fault))]);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.prepare('update agents set last_seen_at = ? where agent_id = ?').run(daysAgo(15), other.agentId);
  database.close();
  const overview = await overviewOf(await signInByLink(running.collector));
  const gate = overview.incidents.kinds.find(({ kind }) => kind === 'gate-interrupted');
  expect(gate?.counts).toHaveLength(overview.incidents.weeks.length);
  expect(gate?.counts.at(-1)).toBe(2);
  expect(overview.faults).toEqual([
    { fault: 'config-invalid', count: 3, pcs: 2 },
    { fault: 'Carys[U+202E]', count: 1, pcs: 1 },
  ]);
  expect(overview.pcs).toEqual({ active: 2, silent: 1, waiting: 0, expelled: 0 });
  expect(needsOf(overview)).toMatchObject({ fault: 3, 'silent-pc': 1 });
});

it('shows figures of the own school alone, and no name to anyone', async () => {
  const running = await startTestCollector();
  const staff = await staffPolicy(running);
  await answer(running, 'carys', [staff, { ...staff, fullName: 'Carys Evans', action: 'declined' }]);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.exec("insert into schools (school_id, name, created_at) values ('other', 'Other', '')");
  database.close();
  await answer(running, 'elsewhere', [{ ...staff, action: 'declined' }], 'other');
  const authority = await signInAs(running.collector, { name: 'Authority', roles: ['authority'] });
  const text = await (await authority.ask('GET', '/api/overview')).text();
  expect(text).not.toMatch(/carys|elsewhere|LAB-01/iu);
  expect(overviewSchema.parse(JSON.parse(text)).groups[0]).toMatchObject({ people: 1 });
  const other = await overviewOf(await signInByLink(running.collector, 'other'));
  expect(other.groups[0]).toMatchObject({ people: 1 });
  expect(needsOf(other)).toMatchObject({ declined: 1 });
});

it('answers its questions from indexes', async () => {
  const running = await startTestCollector();
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), { readOnly: true });
  const planOf = (query: string) =>
    database
      .prepare(`explain query plan ${query}`)
      .all()
      .map(({ detail }) => String(detail))
      .join('\n');
  expect(
    planOf(`select type, substr(received_at, 1, 10), count(*) from events
      where school_id = 'school' and received_at >= '2026' and type in ('porthor.gate.interrupted.v1',
        'porthor.workstation.lock-failed.v1', 'porthor.problem.reported.v1', 'porthor.media.seen.v1')
      group by 1, 2`),
  ).toContain('events_incidents');
  expect(
    planOf(`select raw from events where school_id = 'school' and received_at >= '2026'
      and type = 'porthor.agent.fault.v1' order by received_at desc limit 5`),
  ).toContain('events_faults');
  expect(
    planOf(`select max(position) from acknowledgements where school_id = 'school' and account_key = 'x'
      and policy_id = 'staff' and action <> 'accepted'`),
  ).toContain('acknowledgements_unaccepted');
  database.close();
});
