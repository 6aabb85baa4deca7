/** The delivery table row by row, and the waits between tries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeBatch } from '../../../../../electron/domain/reporting/batch.ts';
import { evaluateDelivery, type SendAnswer } from '../../../../../electron/domain/reporting/delivery.ts';
import {
  backOffMs,
  leftOfWaitMs,
  longestRetryAfterMs,
  parseRetryAfter,
} from '../../../../../electron/domain/reporting/waiting.ts';
import type { OutboxEvent } from '../../../../../shared/wire/events.ts';

const status = (code: number, problem: boolean): SendAnswer => ({
  kind: 'status',
  status: code,
  problem,
  reason: 'r',
});

describe('the delivery table', () => {
  it.each<[string, readonly string[], SendAnswer, unknown]>([
    ['no answer', ['a'], { kind: 'no-answer', reason: 'r' }, { next: 'later', reason: 'r' }],
    ['a page of a portal', ['a'], { kind: 'not-understood', reason: 'r' }, { next: 'later', reason: 'r' }],
    ['401 of the collector', ['a'], status(401, true), { next: 're-enrol', reason: 'r' }],
    ['401 of a web filter', ['a'], status(401, false), { next: 'later', reason: 'r' }],
    ['400 of the collector, several', ['a', 'b'], status(400, true), { next: 'split', reason: 'r' }],
    ['413 of the collector, several', ['a', 'b'], status(413, true), { next: 'split', reason: 'r' }],
    ['422 of the collector, several', ['a', 'b'], status(422, true), { next: 'split', reason: 'r' }],
    [
      '413 of the collector, one',
      ['a'],
      status(413, true),
      { next: 'go-on', verdicts: [{ id: 'a', verdict: 'never', reason: 'r' }] },
    ],
    ['400 of a proxy, one', ['a'], status(400, false), { next: 'later', reason: 'r' }],
    ['413 of a proxy, several', ['a', 'b'], status(413, false), { next: 'later', reason: 'r' }],
    ...[204, 302, 403, 404, 405, 407, 408, 415, 429, 500, 502, 503, 504].flatMap((code) =>
      [true, false].map((problem): [string, readonly string[], SendAnswer, unknown] => [
        `${code} ${problem ? 'of the collector' : 'of anybody'}`,
        ['a'],
        status(code, problem),
        { next: 'later', reason: 'r' },
      ]),
    ),
    [
      'results of each kind, one missing, one not asked for',
      ['a', 'b', 'c', 'd'],
      {
        kind: 'results',
        results: [
          { id: 'c', status: 'rejected', reason: 'unknown source' },
          { id: 'a', status: 'stored' },
          { id: 'b', status: 'duplicate' },
          { id: 'z', status: 'stored' },
        ],
        version: '',
      },
      {
        next: 'go-on',
        verdicts: [
          { id: 'a', verdict: 'stored' },
          { id: 'b', verdict: 'stored' },
          { id: 'c', verdict: 'never', reason: 'unknown source' },
        ],
      },
    ],
    [
      'results for none of them',
      ['a'],
      { kind: 'results', results: [{ id: 'z', status: 'stored' }], version: '' },
      { next: 'later', reason: 'the answer names none of the events sent' },
    ],
  ])('%s', (_name, sent, answer, expected) => {
    expect(evaluateDelivery(sent, answer)).toEqual(expected);
  });

  it('settles an event only on a result for it, or as the only event of a refused request', () => {
    const answers = fc.oneof(
      fc.record({ kind: fc.constant('no-answer' as const), reason: fc.string() }),
      fc.record({
        kind: fc.constant('status' as const),
        status: fc.integer({ min: 100, max: 599 }),
        problem: fc.boolean(),
        reason: fc.string(),
      }),
      fc.record({
        kind: fc.constant('results' as const),
        version: fc.constant(''),
        results: fc.array(
          fc.record({
            id: fc.constantFrom('a', 'b', 'c', 'd'),
            status: fc.constantFrom('stored' as const, 'duplicate' as const, 'rejected' as const),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(fc.subarray(['a', 'b', 'c']), answers, (sent, answer) => {
        const delivery = evaluateDelivery(sent, answer);
        if (delivery.next !== 'go-on') return;
        for (const { id, verdict } of delivery.verdicts) {
          expect(sent).toContain(id);
          if (answer.kind === 'results') expect(answer.results.map((result) => result.id)).toContain(id);
          else expect([sent.length, verdict]).toEqual([1, 'never']);
        }
      }),
    );
  });
});

describe('waiting', () => {
  it('backs off from 2 s to 5 minutes, less a random half', () => {
    expect([1, 2, 3, 8, 9, 2000].map((failures) => backOffMs(failures, 0))).toEqual([
      2000, 4000, 8000, 256_000, 300_000, 300_000,
    ]);
    expect(backOffMs(1, 0.999_999)).toBe(1000);
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, random) => {
          const wait = backOffMs(failures, random);
          expect(wait).toBeGreaterThanOrEqual(1000);
          expect(wait).toBeLessThanOrEqual(300_000);
        },
      ),
    );
  });

  const now = new Date('2026-11-22T08:40:00Z');
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999', longestRetryAfterMs],
    ['Sun, 22 Nov 2026 08:41:00 GMT', 60_000],
    ['Sunday, 22-Nov-26 08:41:00 GMT', 60_000],
    ['Sun Nov 22 08:41:00 2026', 60_000],
    ['Sun, 22 Nov 2026 08:39:00 GMT', 0],
    ['Mon, 22 Nov 2027 08:39:00 GMT', longestRetryAfterMs],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2026-11-22', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j as %j ms', (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });

  it('does not wait for a time that was written down while the clock ran ahead', () => {
    expect(leftOfWaitMs('2026-11-22T08:40:30Z', now)).toBe(30_000);
    expect(leftOfWaitMs('2026-11-22T08:39:30Z', now)).toBe(0);
    expect(leftOfWaitMs('2026-11-23T08:40:00Z', now)).toBe(longestRetryAfterMs);
    expect(leftOfWaitMs('2026-11-23T08:40:01Z', now)).toBe(0);
    expect(leftOfWaitMs('2036-11-22T08:39:30Z', now)).toBe(0);
    expect(leftOfWaitMs(undefined, now)).toBe(0);
    expect(leftOfWaitMs('never', now)).toBe(0);
  });
});

describe('batches', () => {
  const event = (sequence: number, text: string): OutboxEvent => ({
    specversion: '1.0',
    id: `id-${sequence}`,
    type: 'porthor.problem.reported.v1',
    subject: 's',
    time: '2026-11-22T08:40:00Z',
    datacontenttype: 'application/json',
    sequence,
    data: { text },
  });

  it('hold the first events that fit, each under its agent’s name', () => {
    const byteLength = (text: string): number => Buffer.byteLength(text);
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300, unit: 'grapheme' }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 400, max: 3000 }),
        (texts, maxEvents, maxBytes) => {
          const events = texts.map((text, index) => event(index + 1, text));
          const { ids, body } = composeBatch(events, 'agent-1', { maxEvents, maxBytes }, byteLength);
          const sent = events.slice(0, ids.length);
          expect(ids).toEqual(sent.map(({ id }) => id));
          expect(JSON.parse(body)).toEqual(
            sent.map((each) => ({ ...each, source: 'porthor:agent:agent-1' })),
          );
          expect(ids.length).toBeGreaterThanOrEqual(1);
          expect(ids.length).toBeLessThanOrEqual(maxEvents);
          if (ids.length > 1) expect(byteLength(body)).toBeLessThanOrEqual(maxBytes);
          const next = events[ids.length];
          if (next !== undefined && ids.length < maxEvents) {
            const oneMore = JSON.stringify({ ...next, source: 'porthor:agent:agent-1' });
            expect(byteLength(`${body},${oneMore}`)).toBeGreaterThan(maxBytes);
          }
        },
      ),
    );
  });
});
