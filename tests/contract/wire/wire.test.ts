/**
 * Every release's wire against today's, both ways: what an earlier agent sends to this collector and an earlier collector
 * answers to this agent, and what this version makes of a newer one. Fixtures of a release never change after it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { evaluateEvent } from '../../../collector/src/events/evaluate-event.ts';
import { splitBatch } from '../../../collector/src/events/split-batch.ts';
import { checkEvidence, publicKeyOf } from '../../../collector/src/evidence/check-evidence.ts';
import { collectorVersion } from '../../../collector/src/version.ts';
import {
  acknowledgementsResponseSchema,
  enrolmentResponseSchema,
  eventsResponseSchema,
  problemSchema,
  publicKeySchema,
} from '../../../shared/wire/collector-api.ts';
import { eventDataSchemas, wireEventSchema } from '../../../shared/wire/events.ts';
import { mediaRegisterResponseSchema } from '../../../shared/wire/media.ts';

const folder = new URL('../../fixtures/wire/', import.meta.url);
const releases = readdirSync(folder).sort();

const reportsSchema = z.object({
  collector: z.string(),
  school: z.string(),
  agentId: z.string(),
  publicKey: publicKeySchema,
  events: z.array(z.record(z.string(), z.unknown())),
});

function readJson(release: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${release}/${name}.json`, folder), 'utf8'));
}

const reportsOf = (release: string) => reportsSchema.parse(readJson(release, 'reports'));

function evaluate(event: unknown, agentId: string) {
  const raw = JSON.stringify(event);
  const [element] = splitBatch(`[${raw}]`);
  if (element === undefined) throw new Error('no element');
  const evaluated = evaluateEvent(element, JSON.parse(raw), agentId);
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  return evaluated.value;
}

/** The same value with an unknown member in every object. */
function withUnknownMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownMembers);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withUnknownMembers(member)]);
  return { ...(Object.fromEntries(members) as object), addedLater: { deep: [true] } };
}

const answerSchemas = {
  enrolment: enrolmentResponseSchema,
  events: eventsResponseSchema,
  acknowledgements: acknowledgementsResponseSchema,
  mediaRegister: mediaRegisterResponseSchema,
  problem: problemSchema,
};

it('has fixtures of this release, with every type of event', () => {
  expect(releases).toContain(collectorVersion);
  const types = reportsOf(collectorVersion).events.map(({ type }) => type);
  expect(new Set(types)).toEqual(new Set(Object.keys(eventDataSchemas)));
});

describe.each(releases)('reports of release %s', (release) => {
  const { collector, school, agentId, publicKey, events } = reportsOf(release);

  it('are read by this collector, each one', () => {
    for (const event of events) {
      expect([event['type'], evaluate(event, agentId).unreadable]).toEqual([event['type'], undefined]);
    }
  });

  it('keep their evidence and their history', async () => {
    const key = publicKeyOf(publicKey.x);
    const verdicts: string[] = [];
    let before = '';
    for (const event of events) {
      const read = evaluate(event, agentId);
      expect(read.previous).toBe(before);
      before = read.historySha256;
      if (read.acknowledgement === undefined) continue;
      const { id: eventId, sequence, previous } = read;
      const place = { collector, school, agentId, eventId, sequence, previous };
      verdicts.push((await checkEvidence(read.acknowledgement, place, () => key)).verdict);
    }
    expect(verdicts).toEqual(['valid', 'valid', 'valid']);
  });

  it('are read with members that a later release has added, at any depth', () => {
    for (const event of events) {
      const newer = withUnknownMembers(event);
      expect([event['type'], evaluate(newer, agentId).unreadable]).toEqual([event['type'], undefined]);
    }
  });

  it('are kept when a later release uses a word that this one does not know', () => {
    const later = { ...events[3], data: { ...(events[3]?.['data'] as object), language: 'gd-GB' } };
    expect(evaluate(later, agentId)).toMatchObject({
      unreadable: expect.stringMatching(/^data\.language: /u) as string,
      raw: JSON.stringify(later),
    });
  });

  it('are kept and marked when a later release has a new version of a type', () => {
    const later = { ...events[3], type: 'porthor.policy.acknowledged.v2' };
    expect(evaluate(later, agentId).unreadable).toBe('type: this collector knows it in another version');
  });
});

it.each([collectorVersion])('release %s sends exactly what its own schemas say', (release) => {
  for (const event of reportsOf(release).events) {
    const sent = wireEventSchema.parse(event);
    const schema = eventDataSchemas[sent.type as keyof typeof eventDataSchemas];
    expect(JSON.stringify(schema.parse(sent.data))).toBe(JSON.stringify(sent.data));
  }
});

describe.each(releases)('answers of release %s', (release) => {
  const answers = z.record(z.string(), z.unknown()).parse(readJson(release, 'answers'));

  it.each(Object.entries(answerSchemas))('are understood by this agent: %s', (name, schema) => {
    expect(schema.parse(answers[name])).toEqual(answers[name]);
  });

  it.each(Object.entries(answerSchemas))(
    'are understood with members of a later release: %s',
    (name, schema) => {
      expect(schema.safeParse(withUnknownMembers(answers[name])).error).toBeUndefined();
    },
  );
});
