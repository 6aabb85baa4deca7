/** Gaps in an agent's sequence, which prove that something was lost. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeAgent, report, startTestCollector } from '../support/collector/collector.ts';

/** The numbers below the highest one that never arrived, as ranges: a plain model of the database's gaps. */
function rangesMissing(sequences: readonly number[]): readonly (readonly [number, number])[] {
  const seen = new Set(sequences);
  const ranges: [number, number][] = [];
  for (let number = 1; number < Math.max(0, ...sequences); number += 1) {
    if (seen.has(number)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

it('gaps are exactly the numbers that never arrived, in whatever order and batches the others arrive', async () => {
  const running = await startTestCollector({ limits: { batchesPerMinute: 1_000_000 } });
  const batches = fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (sequences) => {
      const agent = await makeAgent(running);
      for (const batch of sequences)
        await report(
          agent,
          batch.map((sequence) => agent.event({ sequence })),
        );
      const gaps = (await running.collector.sequenceGaps()).filter(
        ({ agentId }) => agentId === agent.agentId,
      );
      expect(gaps.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence])).toEqual(
        rangesMissing(sequences.flat()),
      );
    }),
    { numRuns: 60 },
  );
});

it('a gap stays open for a rejected event, because its evidence is missing', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await report(agent, [agent.event(), { ...agent.event(), id: 'no-uuid' }, agent.event()]);
  expect(await running.collector.sequenceGaps()).toMatchObject([{ firstSequence: 2, lastSequence: 2 }]);
  const metrics = await (await fetch(`${running.address}/metrics`)).text();
  expect(metrics).toContain('porthor_events_missing 1\n');
});
