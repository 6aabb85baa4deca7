/** Evidence on arrival: checked against the enrolled key, kept verbatim whatever the verdict, and given a leaf of the log. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { keyIdOf } from '../../collector/src/evidence/check-evidence.ts';
import { readArrival } from '../../collector/src/log/leaf.ts';
import { acknowledgementsResponseSchema } from '../../shared/wire/collector-api.ts';
import { type AcknowledgedData, wireEventSchema } from '../../shared/wire/events.ts';
import { statementHeader, statementPayload } from '../../shared/wire/evidence.ts';
import {
  acknowledgedData,
  enrolmentRequest,
  machine,
  makeAgent,
  makePublicKey,
  postJson,
  privateKeyOf,
  publishTexts,
  report,
  startTestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { makeSigningAgent, signFacts } from '../support/collector/evidence.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

function rows(dataDirectory: string, query: string) {
  const database = new DatabaseSync(path.join(dataDirectory, 'collector.sqlite'));
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

const verdicts = (dataDirectory: string) =>
  rows(
    dataDirectory,
    'select arrival from log_salts join events using (event_id) where arrival is not null order by position',
  ).map(({ arrival }) => readArrival(String(arrival))?.evidence);

describe('evidence on arrival', () => {
  it('is kept verbatim, and any JWS library with the key can check it', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const event = await agent.signed();
    await report(agent, [event]);
    expect(verdicts(running.dataDirectory)).toEqual(['valid']);
    const [text = ''] = await exportedTexts(running.dataDirectory);
    expect(text).toBe(JSON.stringify(event));
    const stored = wireEventSchema.parse(JSON.parse(text));
    const { evidence, ...facts } = stored.data;
    const verified = await compactVerify(String(evidence), await importJWK(agent.publicKey, 'EdDSA'));
    expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual({
      collector: agent.placeOf(event).collector,
      school: 'school',
      agent: agent.agentId,
      event: event.id,
      sequence: event.sequence,
      previous: '',
      facts,
    });
    expect(verified.protectedHeader).toEqual(statementHeader(keyIdOf(agent.publicKey.x)));
  });

  it('is valid for the same facts in another order and with other white space', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const event = agent.acknowledgement();
    const data = acknowledgedData();
    const reverse = (value: object) => Object.fromEntries(Object.entries(value).reverse());
    const stated = JSON.parse(statementPayload(agent.placeOf(event), data)) as { facts: object };
    const reversed = JSON.stringify(reverse({ ...stated, facts: reverse(stated.facts) }), undefined, 2);
    const evidence = await new CompactSign(Buffer.from(reversed))
      .setProtectedHeader(statementHeader(keyIdOf(agent.publicKey.x)))
      .sign(agent.privateKey);
    await report(agent, [{ ...event, data: { ...data, evidence } }]);
    expect(verdicts(running.dataDirectory)).toEqual(['valid']);
  });

  it.each(['EdDSA', 'Ed25519'] as const)('is valid with the algorithm named %s', async (alg) => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const event = agent.acknowledgement();
    const data = acknowledgedData();
    const evidence = await new CompactSign(Buffer.from(statementPayload(agent.placeOf(event), data)))
      .setProtectedHeader({ ...statementHeader(keyIdOf(agent.publicKey.x)), alg })
      .sign(agent.privateKey);
    await report(agent, [{ ...event, data: { ...data, evidence } }]);
    expect(verdicts(running.dataDirectory)).toEqual(['valid']);
  });

  it('is unbound when the agent has signed the facts alone, and counts as one without a signature does', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const data = acknowledgedData();
    const evidence = await signFacts(data, agent.publicKey.x, agent.privateKey);
    const event = agent.acknowledgement({ ...data, evidence });
    await report(agent, [event]);
    expect(verdicts(running.dataDirectory)).toEqual(['unbound']);
    expect(await running.collector.acknowledgements()).toMatchObject([{ standing: 'counts' }]);
    // The agent has enrolled again and now states where the event belongs: it is the same event.
    expect(await report(agent, [await agent.state(event)])).toMatchObject([{ status: 'duplicate' }]);
    expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
  });

  it('never loses an acknowledgement: bad evidence is stored with its verdict, and the user is still asked', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const stranger = makePublicKey();
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    type Sign = (facts: AcknowledgedData) => Promise<string | undefined>;
    const good: Sign = (facts) => signFacts(facts, agent.publicKey.x, agent.privateKey);
    const withParts =
      (change: (header: string, payload: string) => string): Sign =>
      async (facts) => {
        const [header = '', payload = ''] = (await good(facts))?.split('.') ?? [];
        return change(header, payload);
      };
    const cases: readonly (readonly [verdict: string, sign: Sign])[] = [
      ['missing', () => Promise.resolve(undefined)],
      ['malformed', () => Promise.resolve('')],
      ['malformed', withParts((_header, payload) => `${none}.${payload}.`)],
      ['malformed', withParts((_header, payload) => `${none}.${payload}.${'A'.repeat(86)}`)],
      ['other-facts', (facts) => good({ ...facts, fullName: 'Somebody Else' })],
      ['unknown-key', (facts) => signFacts(facts, stranger.x, privateKeyOf(stranger))],
      ['wrong-signature', (facts) => signFacts(facts, agent.publicKey.x, privateKeyOf(stranger))],
      ['wrong-signature', withParts((header, payload) => `${header}.${payload}.${'A'.repeat(86)}`)],
    ];
    const events = await Promise.all(
      cases.map(async ([, sign], index) => {
        const facts = acknowledgedData({ policyId: `policy-${index}` });
        const evidence = await sign(facts);
        return agent.acknowledgement(evidence === undefined ? facts : { ...facts, evidence });
      }),
    );
    await publishTexts(
      running.dataDirectory,
      cases.map((_, index) => ({ policyId: `policy-${index}` })),
    );
    const results = await report(agent, events);
    expect(results.map(({ status }) => status)).toEqual(cases.map(() => 'stored'));
    expect(verdicts(running.dataDirectory)).toEqual(cases.map(([verdict]) => verdict));
    const answer = await fetch(`${running.address}/v1/acknowledgements?account=school%5Ccarys`, {
      headers: { authorization: `Bearer ${agent.agentToken}` },
    });
    const { acknowledgements } = acknowledgementsResponseSchema.parse(await answer.json());
    expect(acknowledgements.map(({ policyId }) => policyId)).toEqual(['policy-0']);
    const { code, stdout } = await runCollector('verify', '--data', running.dataDirectory);
    expect(stdout).toContain('2 signed with a key that is not the PC’s'.replace('2', '1'));
    expect(stdout).toContain(`event ${events[6]?.id ?? ''}: with a signature that does not match`);
    expect(code).toBe(3);
  });

  it('is checked for the stored one of two events with the same id', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const good = await agent.signed();
    const altered = { ...good, data: { ...good.data, fullName: 'Somebody Else' } };
    const results = await report(agent, [altered, good]);
    expect(results.map(({ status }) => status)).toEqual(['stored', 'rejected']);
    expect(verdicts(running.dataDirectory)).toEqual(['other-facts']);
    expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
  });

  it('is valid with an earlier key of the same PC, but not with another PC’s key', async () => {
    const running = await startTestCollector();
    const lost = await makeSigningAgent(running);
    const successor = await makeAgent(running);
    const data = acknowledgedData();
    const evidence = await signFacts(data, lost.publicKey.x, lost.privateKey);
    await report(successor, [successor.acknowledgement({ ...data, evidence })]);
    const token = await running.collector.createEnrolmentToken();
    const elsewhere = makePublicKey();
    const request = {
      ...enrolmentRequest(token, elsewhere),
      machine: { id: 'm-2', hostname: 'LAB-02', os: '' },
    };
    // The proof is for the machine that the request names; without one a new key may enrol.
    const { proof: _proof, ...unproven } = request;
    expect((await postJson(`${running.address}/v1/agents`, unproven)).status).toBe(200);
    const foreign = await signFacts(data, elsewhere.x, privateKeyOf(elsewhere));
    await report(successor, [successor.acknowledgement({ ...data, evidence: foreign })]);
    expect(verdicts(running.dataDirectory)).toEqual(['unbound', 'unknown-key']);
  });

  it('verifies for a name with half a surrogate pair', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const half = 'Carys \ud83d Evans';
    const account = { ...acknowledgedData().account, name: half, domain: '\udc00' };
    const results = await report(agent, [
      await agent.signed({ fullName: half, jobRole: half, account, machine: { ...machine, hostname: half } }),
    ]);
    expect(results).toMatchObject([{ status: 'stored' }]);
    const { code, stdout } = await runCollector('verify', '--data', running.dataDirectory);
    expect(stdout).toContain('All 1 acknowledgements are as they arrived');
    expect(code).toBe(3);
    expect(verdicts(running.dataDirectory)).toEqual(['valid']);
  });

  it('verifies when several agents report at once', async () => {
    const running = await startTestCollector();
    const agents = await Promise.all(Array.from({ length: 6 }, () => makeSigningAgent(running)));
    await Promise.all(
      agents.map(async (agent) => {
        const batch = await Promise.all(Array.from({ length: 20 }, () => agent.signed()));
        await report(agent, [...batch, agent.event(), batch[0]]);
      }),
    );
    const { code, stdout } = await runCollector('verify', '--data', running.dataDirectory);
    expect(stdout).toContain('All 120 acknowledgements are as they arrived, and 6 other events.');
    expect(code).toBe(3);
  });
});

describe('enrolling', () => {
  it('refuses an attacker who knows only an agent’s public key', async () => {
    const { collector, address } = await startTestCollector();
    const token = await collector.createEnrolmentToken();
    const victim = makePublicKey();
    expect((await postJson(`${address}/v1/agents`, enrolmentRequest(token, victim))).status).toBe(200);
    const { proof, ...unproven } = enrolmentRequest(token, victim);
    const otherProof = enrolmentRequest(await collector.createEnrolmentToken(), victim).proof;
    for (const request of [
      unproven,
      { ...unproven, proof: 'A'.repeat(86) },
      { ...unproven, proof: otherProof },
      { ...unproven, proof, machine: { ...unproven.machine, id: 'another' } },
    ]) {
      expect((await postJson(`${address}/v1/agents`, request)).status).toBe(403);
    }
    expect((await postJson(`${address}/v1/agents`, { ...unproven, proof })).status).toBe(200);
  });
});
