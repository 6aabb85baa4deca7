/** `collector -- verify`: reports whether all acknowledgements are as they arrived, and which are not. */
import { readFile } from 'node:fs/promises';
import { UsageError } from './collector-error.ts';
import { verifyChain } from './evidence/verify-chain.ts';
import { verifyLog } from './log/verify-log.ts';
import { type ChainHead, createEvidenceChainRepository } from './repositories/evidence-chain.ts';
import { createLogRepository } from './repositories/log.ts';
import type { CollectorDatabase } from './storage/storage.ts';

export const verifyHelp = `  npm run collector -- verify --data DIR [--checkpoint FILE] [--head PLACE:HASH]
      Walks the log, the chain of acknowledgements and every signature, and names each record that was altered,
      removed, inserted or moved, the first one first. It only reads. At its end it prints the head of the chain and
      the signed checkpoint of the log: keep them outside this computer, and give them to --head and --checkpoint
      later. Ends with 0 when all is as it was then, with 2 when it is not, and with 3 when all fits together and
      there was nothing from outside to compare with.
`;

interface VerifyOptions {
  readonly head: string | undefined;
  /** Name of a file. */
  readonly checkpoint: string | undefined;
}

interface Voice {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

async function readCheckpointOption(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError(
      `--checkpoint takes a file with a checkpoint of the log, and ${file} cannot be read.`,
    );
  }
}

/** A long check prints its progress. */
const progressEveryMs = 2000;

const verdictWords: Readonly<Record<string, string>> = {
  valid: 'signed by the PC that reported it',
  unbound: 'signed by the PC, without the place where it belongs',
  unchecked: 'reported before signatures were looked at',
  missing: 'without a signature',
  malformed: 'with something that is no signature of an acknowledgement',
  'other-facts': 'with a signature over other facts',
  replayed: 'with a signed statement for another place: a copy, or an event that was moved',
  'unknown-key': 'signed with a key that is not the PC’s',
  'wrong-signature': 'with a signature that does not match',
};

function readHeadOption(text: string): ChainHead {
  const [, place, recordSha256] = /^(\d{1,12}):([0-9a-f]{64})$/u.exec(text) ?? [];
  if (place === undefined || recordSha256 === undefined || Number(place) < 1) {
    throw new UsageError(
      '--head takes what an earlier verify printed, such as 120:3f9a… with all 64 digits of the hash.',
    );
  }
  return { place: Number(place), recordSha256 };
}

/** True when the chain is as it arrived. */
async function reportChain(
  database: CollectorDatabase,
  writtenDown: ChainHead | undefined,
  { say, warn }: Voice,
): Promise<boolean> {
  let saidAtMs = performance.now();
  const report = await verifyChain(createEvidenceChainRepository(database), {
    ...(writtenDown === undefined ? {} : { writtenDown }),
    onProgress: (done, all) => {
      if (performance.now() - saidAtMs < progressEveryMs) return;
      saidAtMs = performance.now();
      warn(`${done} of ${all} acknowledgements`);
    },
  });
  for (const { kind, place, eventId, detail } of report.findings) {
    const what = [place === undefined ? '' : `record ${place}`, eventId === '' ? '' : `event ${eventId}`];
    say(`${kind}: ${what.filter((part) => part !== '').join(', ')}: ${detail}`);
  }
  if (report.gaveUp) say('There is more; the walk ended here.');
  for (const [verdict, count] of report.verdicts) say(`${count} ${verdictWords[verdict] ?? verdict}`);
  for (const { place, eventId, verdict } of report.doubtful.filter(
    ({ verdict }) => verdict !== 'unchecked',
  )) {
    say(`  record ${place}, event ${eventId}: ${verdictWords[verdict] ?? verdict}`);
  }
  if (report.chainedLate !== undefined) {
    const { count, chainedAt } = report.chainedLate;
    say(
      `${count} were chained at ${chainedAt}, after they had arrived: what was done to them before is not shown.`,
    );
  }
  say(`head ${report.head.place}:${report.head.recordSha256}`);
  const isWhole = report.findings.length === 0;
  say(
    isWhole && report.records === 0
      ? 'There is nothing to verify yet: no acknowledgement has arrived.'
      : isWhole
        ? `All ${report.records} acknowledgements are as they arrived.`
        : 'The acknowledgements are NOT as they arrived; see the first line.',
  );
  return isWhole;
}

/** True when the log is as it was signed. */
async function reportLog(
  database: CollectorDatabase,
  kept: string | undefined,
  { say }: Voice,
): Promise<boolean> {
  const report = await verifyLog(createLogRepository(database), kept);
  for (const { kind, leaf, eventId, detail } of report.findings) {
    const what = [leaf === undefined ? '' : `leaf ${leaf}`, eventId === '' ? '' : `event ${eventId}`];
    say(
      [kind, what.filter((part) => part !== '').join(', '), detail].filter((part) => part !== '').join(': '),
    );
  }
  if (report.waiting > 0) say(`${report.waiting} acknowledgements wait to be taken into the log.`);
  if (report.findings.length > 0) {
    say('The log is NOT as it was signed; see the first line that names a leaf.');
    return false;
  }
  if (report.checkpoint !== '') say(`checkpoint\n${report.checkpoint}`);
  say(
    report.checkpoint === ''
      ? 'The log has not started yet: no collector has signed it.'
      : `All ${report.size} leaves of the log are as they were signed.`,
  );
  return true;
}

/** Returns the exit code: 0, 2 or 3. Throws UsageError for an invalid head and an unreadable checkpoint. */
export async function runVerify(
  database: CollectorDatabase,
  { head, checkpoint }: VerifyOptions,
  voice: Voice,
): Promise<0 | 2 | 3> {
  const writtenDown = head === undefined ? undefined : readHeadOption(head);
  const kept = checkpoint === undefined ? undefined : await readCheckpointOption(checkpoint);
  const isChainWhole = await reportChain(database, writtenDown, voice);
  const isLogWhole = await reportLog(database, kept, voice);
  if (!isChainWhole || !isLogWhole) return 2;
  if (writtenDown !== undefined || kept !== undefined) return 0;
  voice.say(
    'All of this fits together, and there was nothing to compare with: it does not show whether the whole database is another or an older one.',
  );
  return 3;
}
