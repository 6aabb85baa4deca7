/** Rewrites the log without what has been settled. */
import { errorReason } from '../storage-fault.ts';
import type { LogEntry } from './log-entry.ts';
import { outboxFileName } from './log-file.ts';
import { encodeLine, encodeSettledLines, logFormat } from './log-line.ts';
import type { OutboxParts } from './outbox-parts.ts';
import { deliveredToKeep, mustKeep } from './retention.ts';

const defaultCompactAtBytes = 256 * 1024;

/** Never throws: the old log stays in use, and the next write tries again. */
export async function compactIfWorthwhile(parts: OutboxParts): Promise<void> {
  const { index, faults } = parts;
  if (index.mustNotRewrite || !isWorthwhile(parts)) return;
  try {
    await rewriteLog(parts);
  } catch (error) {
    faults.log({ fault: 'outbox-not-compacted', subject: outboxFileName, reason: errorReason(error) });
  }
}

function isWorthwhile({ options, file: { size }, index }: OutboxParts): boolean {
  const droppableBytes = size - index.pendingBytes - index.retainedBytes;
  if (size > options.maxBytes && droppableBytes > options.maxBytes / 20) return true;
  const threshold = options.compactAtBytes ?? defaultCompactAtBytes;
  return droppableBytes > threshold && droppableBytes > size / 2;
}

/** Writes a new log of what must be kept and replaces the old one. Throws with the old one in place. */
export async function rewriteLog(parts: OutboxParts): Promise<void> {
  const { file, index } = parts;
  const { nextSequence, lastSha256 } = index;
  const kept: LogEntry[] = [];
  let retainedBytes = 0;
  await file.replace(async (add) => {
    await add(
      encodeLine({
        kind: 'header',
        format: logFormat,
        nextSequence,
        ...(lastSha256 === undefined ? {} : { lastSha256 }),
      }),
    );
    const delivered = deliveredToKeep(parts);
    for (const entry of index.entries()) {
      if (!(await mustKeep(parts, entry, delivered))) continue;
      const line = await file.read(entry.offset, entry.length);
      // Only the last line of a log can lack its line end.
      const whole = line.length === entry.length - 1 ? Buffer.concat([line, Buffer.from('\n')]) : line;
      kept.push({ ...entry, offset: await add(whole) });
      if (entry.outcome !== 'pending') retainedBytes += entry.length;
    }
    const settled = kept.flatMap(({ id, outcome }) => (outcome === 'pending' ? [] : [{ id, outcome }]));
    for (const line of encodeSettledLines(settled)) {
      await add(line);
      retainedBytes += line.length;
    }
  });
  index.replace(kept, retainedBytes);
  await file.syncName();
}
