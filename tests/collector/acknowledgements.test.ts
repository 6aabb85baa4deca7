/** `GET /v1/acknowledgements`: the policies that an account has accepted, on any PC. */
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { accountKey } from '../../shared/wire/account.ts';
import { acknowledgementsResponseSchema, problemSchema } from '../../shared/wire/collector-api.ts';
import {
  acknowledgedData,
  makeAgent,
  minutesAgo,
  publishTexts,
  report,
  startTestCollector,
  type TestAgent,
} from '../support/collector/collector.ts';

async function known(agent: TestAgent, account: Parameters<typeof accountKey>[0]) {
  const response = await fetch(
    `${agent.address}/v1/acknowledgements?account=${encodeURIComponent(accountKey(account))}`,
    { headers: { authorization: `Bearer ${agent.agentToken}` } },
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return acknowledgementsResponseSchema.parse(await response.json()).acknowledgements;
}

const carys = acknowledgedData().account;

it('an acceptance is known to every PC once one PC has reported it', async () => {
  const running = await startTestCollector();
  const first = await makeAgent(running);
  const second = await makeAgent(running);
  const event = first.acknowledgement({ language: 'cy-GB' });
  expect(await known(second, carys)).toEqual([]);
  await report(first, [event]);
  expect(await known(second, { ...carys, name: 'CARYS', domain: 'school' })).toEqual([
    {
      eventId: event.id,
      policyId: 'staff',
      policyVersion: '1',
      textSha256: 'a'.repeat(64),
      language: 'cy-GB',
      decidedAt: minutesAgo(2),
    },
  ]);
});

it('the collector gives no declined answer, no call for help and no rejected event', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await report(agent, [
    agent.acknowledgement({ action: 'declined' }),
    agent.acknowledgement({ action: 'help-requested' }),
    { ...agent.acknowledgement(), source: 'porthor:agent:other' },
  ]);
  expect(await known(agent, carys)).toEqual([]);
});

it('the collector gives the newest accepted version of each policy, and its latest acceptance', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await publishTexts(
    running.dataDirectory,
    ['9', '10', '10.1'].map((policyVersion) => ({ policyVersion })),
  );
  await publishTexts(running.dataDirectory, [{ policyId: 'photos' }]);
  const accept = (policyId: string, policyVersion: string, decidedAt: string) =>
    agent.acknowledgement({ policyId, policyVersion, decidedAt });
  const expected = [
    accept('photos', '1', minutesAgo(300_000)),
    // Written with fractions of a second, which sort differently as text.
    accept('staff', '10.1', minutesAgo(200_000).replace(/\.\d+Z$/u, '.500Z')),
  ];
  await report(agent, [
    accept('staff', '9', minutesAgo(20)),
    accept('staff', '10.1', minutesAgo(230_000)),
    ...expected,
    accept('staff', '10.1', minutesAgo(200_000).replace(/\.\d+Z$/u, 'Z')),
    accept('staff', '10', minutesAgo(10)),
  ]);
  expect((await known(agent, carys)).map(({ eventId }) => eventId)).toEqual(expected.map(({ id }) => id));
});

it('the collector tells users apart by domain, and by SID where there is one', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const withSid = { ...carys, sid: 'S-1-5-21-1-2-3-1001' };
  await report(agent, [agent.acknowledgement({ account: withSid })]);
  const renamed = { ...withSid, sid: 's-1-5-21-1-2-3-1001', name: 'renamed' };
  expect(await known(await makeAgent(running), renamed)).toHaveLength(1);
  expect(await known(await makeAgent(running), carys)).toEqual([]);
  expect(await known(await makeAgent(running), { ...carys, domain: 'OTHER' })).toEqual([]);
});

it('the collector answers only an enrolled agent, and only a request that names an account', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const authorization = `Bearer ${agent.agentToken}`;
  const url = `${running.address}/v1/acknowledgements`;
  const anonymous = await fetch(`${url}?account=x`);
  expect(problemSchema.parse(await anonymous.json()).status).toBe(401);
  for (const query of ['', '?account=', `?account=${'x'.repeat(601)}`]) {
    const response = await fetch(url + query, { headers: { authorization } });
    expect(problemSchema.parse(await response.json()).status).toBe(400);
  }
});

it('the collector reads one row per policy, because a covered screen waits for the answer', async () => {
  const { dataDirectory } = await startTestCollector();
  const database = new DatabaseSync(`${dataDirectory}/collector.sqlite`, { readOnly: true });
  const plan = database
    .prepare(
      "explain query plan select event_id from latest_acceptances where school_id = 'x' and account_key = 'y' order by policy_id",
    )
    .all();
  database.close();
  expect(plan).toHaveLength(1);
  expect(JSON.stringify(plan)).toMatch(
    /SEARCH latest_acceptances USING INDEX .*school_id=\? AND account_key=\?/u,
  );
});
