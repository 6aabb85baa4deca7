/** What a hostile agent of the school tries: to answer for others, to hide their answers, and to ask about them. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { acknowledgementsResponseSchema } from '../../shared/wire/collector-api.ts';
import {
  acknowledgedData,
  makeAgent,
  minutesAgo,
  publishTexts,
  report,
  sendText,
  startTestCollector,
  type TestAgent,
  type TestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';

const carys = acknowledgedData().account;
const mallory = { ...carys, name: 'mallory', displayName: 'Mallory' };

function ask(agent: TestAgent, account: string, place = '/v1/acknowledgements'): Promise<Response> {
  return fetch(`${agent.address}${place}?account=${encodeURIComponent(account)}`, {
    headers: { authorization: `Bearer ${agent.agentToken}` },
  });
}

async function known(agent: TestAgent, account: string) {
  const response = await ask(agent, account);
  expect(response.status).toBe(200);
  return acknowledgementsResponseSchema.parse(await response.json()).acknowledgements;
}

function audit({ dataDirectory }: TestCollector) {
  const database = new DatabaseSync(`${dataDirectory}/collector.sqlite`, { readOnly: true });
  try {
    return database
      .prepare("select actor, act, subject from audit where actor like 'agent:%' order by position")
      .all();
  } finally {
    database.close();
  }
}

describe('a hostile agent that forges', () => {
  it('an answer for another account: the collector stores and marks it, and the user is still asked', async () => {
    const running = await startTestCollector();
    const attacker = await makeAgent(running);
    const victim = await makeAgent(running);
    await report(attacker, [attacker.acknowledgement({ account: mallory })]);
    const forged = attacker.acknowledgement({ account: carys });
    expect(await report(attacker, [forged])).toMatchObject([{ status: 'stored' }]);
    expect(await known(victim, 'school\\carys')).toEqual([]);
    expect(await running.collector.acknowledgements()).toMatchObject([
      { standing: 'counts' },
      { eventId: forged.id, standing: 'other-account' },
    ]);
    expect(audit(running)).toEqual([
      {
        actor: `agent:${attacker.agentId}`,
        act: 'answered-for-another-account',
        subject: 'school\\carys',
      },
    ]);
    expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
  });

  it('an answer with a used sequence number: it does not count', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    await publishTexts(running.dataDirectory, [{ policyVersion: '2' }]);
    const first = agent.acknowledgement();
    const forked = { ...agent.acknowledgement({ policyVersion: '2' }), sequence: first.sequence };
    expect(await report(agent, [first, forked])).toMatchObject([{ status: 'stored' }, { status: 'stored' }]);
    expect(await known(agent, 'school\\carys')).toMatchObject([{ policyVersion: '1' }]);
    expect(audit(running)).toMatchObject([{ act: 'forked' }]);
  });
});

describe('a hostile agent that hides answers', () => {
  it('cannot replace a real answer with a made-up higher version', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const real = agent.acknowledgement();
    await report(agent, [real, agent.acknowledgement({ policyVersion: '999.9' })]);
    expect(await known(agent, 'school\\carys')).toMatchObject([{ eventId: real.id }]);
  });

  it('cannot replace a real answer with another text of the same version', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const real = agent.acknowledgement();
    await report(agent, [
      real,
      agent.acknowledgement({ textSha256: 'b'.repeat(64), decidedAt: minutesAgo(1) }),
    ]);
    expect(await known(agent, 'school\\carys')).toMatchObject([{ eventId: real.id }]);
  });

  it('cannot push out a real answer with 1,010 made-up policies', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const madeUp = Array.from({ length: 1010 }, (_, index) =>
      agent.acknowledgement({ policyId: `a-${String(index).padStart(4, '0')}` }),
    );
    for (let start = 0; start < madeUp.length; start += 300) {
      await report(agent, madeUp.slice(start, start + 300));
    }
    const real = agent.acknowledgement();
    await report(agent, [real]);
    expect(await known(agent, 'school\\carys')).toMatchObject([{ eventId: real.id }]);
  });
});

describe('a hostile agent that asks', () => {
  it.each(['/v1/acknowledgements', '/v1/media-register'])(
    '%s about another account is refused, and the audit log notes the attempt',
    async (place) => {
      const running = await startTestCollector();
      const attacker = await makeAgent(running);
      expect((await ask(attacker, 'school\\mallory', place)).status).toBe(200);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect((await ask(attacker, 'school\\carys', place)).status).toBe(403);
      }
      expect((await ask(attacker, 'school\\mallory', place)).status).toBe(200);
      expect(audit(running)).toEqual([
        {
          actor: `agent:${attacker.agentId}`,
          act: 'asked-about-another-account',
          subject: 'school\\carys',
        },
      ]);
    },
  );
});

describe('an expelled agent', () => {
  it('stays listed, is refused everything, and its earlier reports stay', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    await report(agent, [agent.acknowledgement()]);
    const command = (...args: readonly string[]) =>
      runCollector('agent', ...args, '--data', running.dataDirectory);
    await command('rename', agent.agentId, '--label', 'Library 3');
    expect((await command('expel', agent.agentId)).code).toBe(0);
    expect((await command('list')).stdout).toContain(`${agent.agentId}  expelled  Library 3 (LAB-01)`);
    expect((await sendText(agent, '[]')).status).toBe(403);
    expect((await ask(agent, 'school\\carys')).status).toBe(403);
    expect(await running.collector.acknowledgements()).toHaveLength(1);
    expect((await command('approve', agent.agentId)).code).toBe(0);
    expect(await known(agent, 'school\\carys')).toHaveLength(1);
    expect((await command('expel', 'made-up')).code).toBe(1);
  });
});
