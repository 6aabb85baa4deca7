/** Enrolment: who gets in, as whom, and for how long the tokens work. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAgentRepository } from '../../collector/src/repositories/agents.ts';
import { defaultSchoolId } from '../../collector/src/schools.ts';
import { problemSchema } from '../../shared/wire/collector-api.ts';
import {
  enrol,
  knownAgent,
  machine,
  makeFolder,
  makePublicKey,
  postJson,
  report,
  sendText,
  startTestCollector,
  withStorage,
} from '../support/collector/collector.ts';

const newToken = { schoolId: defaultSchoolId, expiresAt: undefined, maxUses: undefined };

function request(enrolmentToken: string) {
  return { enrolmentToken, machine, publicKey: makePublicKey(), agentVersion: '1.0.0' };
}

describe('POST /v1/agents', () => {
  it('gives an id and a token with which the collector accepts events', async () => {
    const { collector, address } = await startTestCollector();
    const { agentId, agentToken } = await enrol(address, await collector.createEnrolmentToken());
    const agent = knownAgent(address, agentId, agentToken);
    expect(await report(agent, [agent.event()])).toMatchObject([{ status: 'stored' }]);
  });

  it('recognises the same public key as the same agent, and another key as another agent', async () => {
    const { collector, address } = await startTestCollector();
    const token = await collector.createEnrolmentToken();
    const key = makePublicKey();
    const first = await enrol(address, token, key);
    const again = await enrol(address, token, key);
    const other = await enrol(address, token);
    expect(again.agentId).toBe(first.agentId);
    expect(again.agentToken).not.toBe(first.agentToken);
    expect(other.agentId).not.toBe(first.agentId);
  });

  it('enrols one agent when the same key enrols many times at once', async () => {
    const { collector, address } = await startTestCollector();
    const token = await collector.createEnrolmentToken();
    const key = makePublicKey();
    const answers = await Promise.all(Array.from({ length: 10 }, () => enrol(address, token, key)));
    expect(new Set(answers.map(({ agentId }) => agentId)).size).toBe(1);
    for (const { agentToken } of answers) {
      expect((await sendText({ address, agentToken }, '[]')).status).toBe(200);
    }
  });

  it('lets a replaced token work for a quarter of an hour, in case the answer with the new one was lost', async () => {
    let nowMs = Date.parse('2026-11-22T08:00:00Z');
    const { collector, address } = await startTestCollector({ now: () => new Date(nowMs) });
    const token = await collector.createEnrolmentToken();
    const key = makePublicKey();
    const first = await enrol(address, token, key);
    const second = await enrol(address, token, key);
    nowMs += 14 * 60_000;
    expect((await sendText({ address, ...first }, '[]')).status).toBe(200);
    nowMs += 2 * 60_000;
    expect((await sendText({ address, ...first }, '[]')).status).toBe(401);
    expect((await sendText({ address, ...second }, '[]')).status).toBe(200);
  });

  it('refuses a token that was never made', async () => {
    const { address } = await startTestCollector();
    const response = await postJson(`${address}/v1/agents`, request('pte_made-up'));
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problemSchema.parse(await response.json())).toMatchObject({ status: 401, title: 'Unauthorized' });
  });

  it('counts only successful enrolments as uses of a token', async () => {
    await withStorage(await makeFolder(), async (storage) => {
      const agents = createAgentRepository(storage, () => new Date());
      const { token } = await agents.createEnrolmentToken(newToken);
      const refused = await agents.enrol({ ...request(token), proof: 'A'.repeat(86) });
      expect(refused).toEqual({ ok: false, error: 'proof-refused' });
      expect(await agents.enrol(request(token))).toMatchObject({ ok: true });
      expect(await agents.listEnrolmentTokens(newToken.schoolId)).toMatchObject([{ uses: 1 }]);
    });
  });

  it('stores no token in any file of the collector', async () => {
    const { collector, address, dataDirectory } = await startTestCollector();
    const enrolmentToken = await collector.createEnrolmentToken();
    const { agentToken } = await enrol(address, enrolmentToken);
    await collector.close();
    const database = await readFile(`${dataDirectory}/collector.sqlite`, 'latin1');
    expect(database).toContain('LAB-01');
    expect(database).not.toContain(enrolmentToken);
    expect(database).not.toContain(agentToken);
  });

  it.each([
    ['no body at all', ''],
    ['a body that is not JSON', '{'],
    [
      'a key of another kind',
      JSON.stringify({ ...request('t'), publicKey: { kty: 'RSA', n: 'x', e: 'AQAB' } }),
    ],
    ['no machine', JSON.stringify({ ...request('t'), machine: undefined })],
    ['a prototype in the body', '{"__proto__":{"enrolmentToken":"t"}}'],
  ])('answers %s with a problem and never with a stack trace', async (_name, body) => {
    const { address, logged } = await startTestCollector();
    const response = await fetch(`${address}/v1/agents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(problemSchema.parse(JSON.parse(text)).status).toBe(400);
    expect(text).not.toContain('node_modules');
    expect(logged).toEqual([]);
  });

  it('answers 415 for another content type, and 413 for a body larger than any enrolment', async () => {
    const { address } = await startTestCollector();
    const typed = await fetch(`${address}/v1/agents`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml' },
      body: '<a/>',
    });
    expect(typed.status).toBe(415);
    const large = await postJson(`${address}/v1/agents`, { enrolmentToken: 'x'.repeat(20_000) });
    expect(large.status).toBe(413);
  });

  it('answers 429 with Retry-After above its limit', async () => {
    const { address } = await startTestCollector({ limits: { enrolmentsPerMinute: 2 } });
    const ask = () => postJson(`${address}/v1/agents`, request('wrong'));
    expect([(await ask()).status, (await ask()).status]).toEqual([401, 401]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(problemSchema.parse(await refused.json()).status).toBe(429);
  });
});
