/** How often the gauges ask the database. */
import { expect, it } from 'vitest';
import { createMetrics } from '../../../../../collector/src/plugins/metrics.ts';

const gauges = { agents: 3, missingEvents: 0, unreadableEvents: 0, lastReceivedAt: undefined };

function countReads(answer: () => Promise<typeof gauges>) {
  let nowMs = 1_000_000;
  let reads = 0;
  const metrics = createMetrics({
    now: () => new Date(nowMs),
    readGauges: () => {
      reads += 1;
      return answer();
    },
  });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { metrics, reads: () => reads, pass };
}

it('reads the gauges once for all who ask within 15 seconds, and again after that', async () => {
  const { metrics, reads, pass } = countReads(() => Promise.resolve(gauges));
  await Promise.all([metrics.print(), metrics.print()]);
  pass(14_000);
  expect(await metrics.print()).toContain('porthor_agents 3\n');
  expect(reads()).toBe(1);
  pass(1000);
  await metrics.print();
  expect(reads()).toBe(2);
});

it('reads again when the clock was set back', async () => {
  const { metrics, reads, pass } = countReads(() => Promise.resolve(gauges));
  await metrics.print();
  pass(-3_600_000);
  await metrics.print();
  expect(reads()).toBe(2);
});

it('keeps no failure', async () => {
  let isBroken = true;
  const { metrics } = countReads(() =>
    isBroken ? Promise.reject(new Error('no database')) : Promise.resolve(gauges),
  );
  await expect(metrics.print()).rejects.toThrow('no database');
  isBroken = false;
  expect(await metrics.print()).toContain('porthor_agents 3\n');
});
