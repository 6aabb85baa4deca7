/** Opens the log, and repairs what a kill, a power cut or a failing disk did to it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copyAside, type StorageFile } from '../durable-file.ts';
import { identityFileName } from '../identity/identity.ts';
import { errorCode, errorReason } from '../storage-fault.ts';
import { appendAside } from './append-aside.ts';
import { rewriteLog } from './compaction.ts';
import { type LoadedLog, loadLog } from './load-log.ts';
import { outboxFileName } from './log-file.ts';
import { encodeLine, logFormat } from './log-line.ts';
import type { OutboxProblem } from './outbox.ts';
import type { OutboxParts } from './outbox-parts.ts';
import { sequenceAfterLoss } from './sequences.ts';

const tornFileName = 'outbox.torn';

/** Opens the log or creates it. The caller must flush next, so that the faults found here reach the log. */
export async function recoverLog(parts: OutboxParts): Promise<OutboxProblem | undefined> {
  let file: StorageFile;
  try {
    file = await parts.file.open();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return createLog(parts);
    const kind = ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error)) ? 'not-writable' : 'unreadable';
    return { kind, reason: errorReason(error) };
  }
  try {
    const problem = await readLog(parts, file);
    if (problem !== undefined) await parts.file.close();
    return problem;
  } catch (error) {
    await parts.file.close();
    return { kind: 'unreadable', reason: errorReason(error) };
  }
}

async function createLog({ options, file, index, faults }: OutboxParts): Promise<OutboxProblem | undefined> {
  // Numbers belong to the identity, which is created after the log: an identity without a log means a lost log.
  const isLost = existsSync(join(options.directory, identityFileName));
  const first = isLost ? sequenceAfterLoss(0, options.nowUtc()) : 1;
  try {
    await file.create(encodeLine({ kind: 'header', format: logFormat, nextSequence: first }));
  } catch (error) {
    return { kind: 'not-writable', reason: errorReason(error) };
  }
  index.nextSequence = first;
  if (isLost) {
    faults.note({
      fault: 'outbox-lost',
      subject: outboxFileName,
      reason: `The log of unsent reports is missing although the agent's identity exists. Numbers continue at ${first}.`,
    });
  }
  return undefined;
}

async function readLog(parts: OutboxParts, file: StorageFile): Promise<OutboxProblem | undefined> {
  const { options, index } = parts;
  const loaded = await loadLog(file);
  if (!loaded.ok) return loaded.error;
  // An earlier run may have been killed before its last lines were synced. Sync them before any of them is sent.
  await file.datasync();
  const { entries, torn, damage, highestSequence, lastSha256, sequenceCertain, lineEndMissing } =
    loaded.value;
  const now = options.nowUtc();
  index.add(entries);
  // After a loss the number before the next one is of no known event.
  index.lastSha256 = sequenceCertain ? lastSha256 : undefined;
  index.nextSequence = sequenceCertain ? highestSequence + 1 : sequenceAfterLoss(highestSequence, now);
  await parts.file.takeAsItIs(lineEndMissing);
  if (damage !== undefined || !sequenceCertain) await repair(parts, damage, torn, now);
  else if (torn !== undefined) await cutTorn(parts, torn);
  return undefined;
}

/** Copies the whole damaged log aside and continues with its good lines. */
async function repair(
  parts: OutboxParts,
  damage: LoadedLog['damage'],
  torn: LoadedLog['torn'],
  now: Date,
): Promise<void> {
  const { file, index, faults } = parts;
  const found =
    damage === undefined
      ? 'The log of unsent reports has no header.'
      : `The log of unsent reports is damaged: ${damage.bytes} bytes in ${damage.places} places.`;
  const lost = damage === undefined ? '' : ` Numbers that may be lost: ${damage.lost}.`;
  const kept = `${index.entryCount} events are intact.`;
  try {
    const copy = await copyAside(file.path, 'damaged', now);
    await rewriteLog(parts);
    faults.note({
      fault: 'outbox-damaged',
      subject: outboxFileName,
      reason: `${found} ${kept}${lost} The damaged file is kept as ${copy}.`,
    });
  } catch (error) {
    index.mustNotRewrite = true;
    if (torn !== undefined) file.endLastLine();
    faults.note({
      fault: 'outbox-damaged',
      subject: outboxFileName,
      reason: `${found} ${kept}${lost} It could not be copied aside (${errorReason(error)}), so the agent keeps using it.`,
    });
  }
}

/** Removes an unfinished last line, which a kill or a power cut leaves, and keeps its bytes aside. */
async function cutTorn(
  { options, openFile, file, index, faults }: OutboxParts,
  torn: NonNullable<LoadedLog['torn']>,
): Promise<void> {
  try {
    const bytes = await file.read(torn.offset, torn.length);
    await appendAside(join(options.directory, tornFileName), bytes, openFile);
    await file.cutAt(torn.offset);
    faults.note({
      fault: 'outbox-torn',
      subject: outboxFileName,
      reason: `The last line was not finished (${torn.length} bytes, expected number ${index.nextSequence}); it is kept in ${tornFileName}.`,
    });
  } catch (error) {
    // The next write ends the line, so from then on it reads as a damaged line.
    await file.takeAsItIs(true);
    faults.note({
      fault: 'outbox-torn',
      subject: outboxFileName,
      reason: `The last line was not finished and could not be kept aside (${errorReason(error)}).`,
    });
  }
}
