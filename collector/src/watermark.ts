/**
 * Remembers beside the database how far it had come and how late it was, so that an older database in its place, a log that
 * was lost, and a clock that was set back all show at the next start.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { StandingFaults } from './standing-faults.ts';
import type { CollectorDatabase } from './storage/storage.ts';

export const watermarkFileName = 'watermark.json';

const watermarkSchema = z.object({
  /** Position of the newest event. */
  position: z.int().min(0),
  /** ISO UTC. */
  at: z.iso.datetime(),
});
type Watermark = z.infer<typeof watermarkSchema>;

const intervalMs = 2000;
/** A clock that is corrected by less than this is no fault. */
const largestStepBackMs = 5 * 60_000;

async function readWatermark(file: string): Promise<Watermark | undefined> {
  try {
    return watermarkSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    // The first start, or half a file after a power cut. A new one is written soon.
    return undefined;
  }
}

async function newestPosition(reader: CollectorDatabase): Promise<number> {
  const row = await reader
    .selectFrom('events')
    .select((expression) => expression.fn.max('position').as('position'))
    .executeTakeFirst();
  return Number(row?.position ?? 0);
}

export interface WatermarkOptions {
  readonly dataDirectory: string;
  readonly reader: CollectorDatabase;
  readonly faults: StandingFaults;
  readonly now: () => Date;
}

/** Compares the database with the last watermark and keeps it up to date. Returns the stop. */
export async function watchWatermark(options: WatermarkOptions): Promise<() => Promise<void>> {
  const { dataDirectory, reader, faults, now } = options;
  const file = path.join(dataDirectory, watermarkFileName);
  let last = await readWatermark(file);
  const first = await newestPosition(reader);
  const isOlder = last !== undefined && first < last.position;
  if (isOlder && last !== undefined) {
    faults.set(
      'older database',
      `${last.position - first} events that were stored are no longer in the database: it is an older copy, or its log ` +
        '(collector.sqlite-wal) was lost. Put the right files back, or accept the loss with: npm run collector -- restore',
    );
  }

  const update = async (): Promise<void> => {
    const at = now();
    const isBack = last !== undefined && at.getTime() < Date.parse(last.at) - largestStepBackMs;
    faults.set(
      'clock',
      isBack
        ? `The clock of this computer says ${at.toISOString()} and said ${last?.at ?? ''} before. Set it right.`
        : undefined,
    );
    // Keep the evidence of a fault until a technician has mended it.
    if (isBack || isOlder) return;
    last = { position: await newestPosition(reader), at: at.toISOString() };
    // No sync: after a power cut it may be behind the database, and is then never wrong.
    await writeFile(file, JSON.stringify(last), { mode: 0o600 });
  };
  const updateQuietly = (): Promise<void> =>
    // A disk or database that fails is reported by the write that needs it.
    update().catch(() => undefined);
  await updateQuietly();
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(updateQuietly);
  }, intervalMs);
  return async () => {
    clearInterval(timer);
    await running;
    await updateQuietly();
  };
}
