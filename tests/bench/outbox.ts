/**
 * Durable appends per second of the outbox over a bare loop that appends the same bytes and syncs.
 *
 * The loop stands still while the disk works, and the outbox must not: its windows would stand still too. Its two calls
 * are handed to a thread, which costs about 0.1 ms an append on any disk. So the first two ratios are near 1 where a
 * sync takes milliseconds and fall where it takes less than half of one; the third says what the outbox itself costs.
 */
import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openOutbox } from '../../electron/storage/outbox/outbox.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { acceptanceEvent, outboxOptions } from '../support/storage-fixtures.ts';

const runs = 9;
const appends = 150;
const atOnce = 8;
const target = 0.8;

function perSecond(startedAtMs: number): number {
  return appends / ((performance.now() - startedAtMs) / 1000);
}

async function outboxRun(directory: string, together: number): Promise<{ rate: number; lines: Buffer[] }> {
  const opened = await openOutbox(outboxOptions(directory));
  if (!opened.ok) throw new Error(`the outbox did not open: ${opened.error.kind}`);
  const startedAtMs = performance.now();
  for (let done = 0; done < appends; done += together) {
    const group = Array.from({ length: Math.min(together, appends - done) }, () =>
      opened.value.append(acceptanceEvent()),
    );
    for (const appended of await Promise.all(group)) {
      if (!appended.ok) throw new Error(`not appended: ${appended.error.kind}`);
    }
  }
  const rate = perSecond(startedAtMs);
  await opened.value.close();
  const log = readFileSync(join(directory, 'outbox.log'), 'utf8').split('\n').slice(1, -1);
  return { rate, lines: log.map((line) => Buffer.from(`${line}\n`)) };
}

function bareRun(directory: string, lines: readonly Buffer[], sync: (descriptor: number) => void): number {
  const descriptor = openSync(join(directory, 'bare.log'), 'a');
  try {
    const startedAtMs = performance.now();
    for (const line of lines) {
      writeSync(descriptor, line);
      sync(descriptor);
    }
    return perSecond(startedAtMs);
  } finally {
    closeSync(descriptor);
  }
}

/** The same two calls from a program that must not stand still while the disk works, as one with windows must not. */
async function bareUnblockedRun(directory: string, lines: readonly Buffer[]): Promise<number> {
  const file = await open(join(directory, 'bare.log'), 'a');
  try {
    const startedAtMs = performance.now();
    for (const line of lines) {
      await file.write(line);
      await file.datasync();
    }
    return perSecond(startedAtMs);
  } finally {
    await file.close();
  }
}

export async function run(): Promise<Figure[]> {
  const rates = { single: [], grouped: [], fsync: [], datasync: [], unblocked: [] } as Record<
    'single' | 'grouped' | 'fsync' | 'datasync' | 'unblocked',
    number[]
  >;
  let lines: Buffer[] = [];
  const inFolder = async (work: (directory: string) => number | Promise<number>): Promise<number> => {
    const directory = await mkdtemp(join(tmpdir(), 'porthor-bench-'));
    try {
      return await work(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
  const parts: [number[], (directory: string) => number | Promise<number>][] = [
    [
      rates.single,
      async (directory) => {
        const done = await outboxRun(directory, 1);
        lines = done.lines;
        return done.rate;
      },
    ],
    [rates.fsync, (directory) => bareRun(directory, lines, fsyncSync)],
    [rates.grouped, async (directory) => (await outboxRun(directory, atOnce)).rate],
    [rates.datasync, (directory) => bareRun(directory, lines, fdatasyncSync)],
    [rates.unblocked, (directory) => bareUnblockedRun(directory, lines)],
  ];
  // The first round of all warms up and is not counted.
  for (let round = -1; round < runs; round += 1) {
    for (const [into, work] of parts) {
      const rate = await inFolder(work);
      if (round >= 0) into.push(rate);
    }
  }
  const common = { unit: 'appends/s', target, good: 'at-least-target', runs } as const;
  const single = median(rates.single);
  const fsync = median(rates.fsync);
  return [
    figure({ bench: 'outbox-append', ours: single, floor: fsync, ...common }),
    // The stricter floor: the bare loop too syncs no more than it must.
    figure({ bench: 'outbox-append-over-datasync', ours: single, floor: median(rates.datasync), ...common }),
    figure({
      bench: 'outbox-append-over-unblocked',
      ours: single,
      floor: median(rates.unblocked),
      ...common,
    }),
    figure({
      bench: `outbox-append-${atOnce}-at-once`,
      ours: median(rates.grouped),
      floor: fsync,
      ...common,
    }),
  ];
}
