/** `collector -- verify`: reports whether all evidence is as it arrived, and what is not. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { readVerifierKey } from '../../shared/wire/log-note.ts';
import { CollectorError, UsageError } from './collector-error.ts';
import type { Finding } from './evidence/finding.ts';
import { type EvidenceReport, type VerifiedState, verifyEvidence } from './evidence/verify-evidence.ts';
import type { VerifySource } from './evidence/verify-pool.ts';
import type { ChainHead } from './repositories/evidence-chain.ts';
import type { CollectorDatabase } from './storage/storage.ts';
import { readWitnessed } from './witness/ask-witness.ts';
import { openCosigned } from './witness/cosignature.ts';

export const verifyHelp = `  npm run collector -- verify --data DIR [--checkpoint FILE] [--state FILE] [--whole] [--head PLACE:HASH]
                       [--witness-key KEY]
      Walks the log, every record and every signature, and names each record that was altered, removed, inserted,
      moved or replayed, the first one first. It only reads. At its end it prints the signed checkpoint of the log:
      keep it outside this computer, and give it to --checkpoint later. With --state it keeps in FILE what it has found
      whole, and goes on from there the next time; --whole starts from the beginning all the same. --head takes a head
      of the chain that an earlier version printed. --witness-key compares with what the witness of that key has signed. Ends with 0 when all is as it was then, with 2 when it is not, and
      with 3 when all fits together and there was nothing from outside to compare with.
`;

interface VerifyOptions {
  readonly head: string | undefined;
  /** Name of a file. */
  readonly checkpoint: string | undefined;
  /** Name of a file. */
  readonly state: string | undefined;
  readonly whole: boolean;
  /** Of the witness that has signed the log; undefined for none. */
  readonly witnessKey: string | undefined;
}

interface Voice {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

const stateSchema = z.object({ checkpoint: z.string().min(1), position: z.int().min(0) });

async function readCheckpointOption(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError(
      `--checkpoint takes a file with a checkpoint of the log, and ${file} cannot be read.`,
    );
  }
}

/** Undefined for a file that does not exist yet. */
async function readState(file: string): Promise<VerifiedState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UsageError(`--state takes a file that verify wrote, and ${file} cannot be read.`);
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`--state takes a file that verify wrote, and ${file} is none. Name another file.`);
  }
}

async function writeState(file: string, state: VerifiedState): Promise<void> {
  // Under another name first, so that a full disk leaves the earlier state.
  const fresh = `${file}.new`;
  try {
    await writeFile(fresh, `${JSON.stringify(state)}\n`);
    await rename(fresh, file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CollectorError(`All was verified, and ${file} cannot be written: ${code}.`);
  }
}

/** A long check prints its progress. */
const progressEveryMs = 2000;

/** Throws UsageError where the witness of that key has signed nothing that is here. */
async function readWitnessOption(database: CollectorDatabase, witnessKey: string | undefined) {
  if (witnessKey === undefined) return undefined;
  const note = (await readWitnessed(database)) ?? '';
  const cosigned = openCosigned(note, witnessKey);
  if (cosigned === undefined) {
    throw new CollectorError('The witness of that key has signed no checkpoint that is in this database.');
  }
  return { note, name: readVerifierKey(witnessKey)?.name ?? '', size: cosigned.size, at: cosigned.at };
}

const verdictWords: Readonly<Record<string, string>> = {
  valid: 'signed by the PC that reported it',
  unbound: 'signed by the PC, without the place where it belongs',
  unchecked: 'reported before signatures were looked at',
  unreadable: 'in a form that this collector could not read when they arrived',
  missing: 'without a signature',
  malformed: 'with something that is no signature of an acknowledgement',
  'other-facts': 'with a signature over other facts',
  replayed: 'with a signed statement for another place: a copy, or an event that was moved',
  'unknown-key': 'signed with a key that is not the PC’s',
  'wrong-signature': 'with a signature that does not match',
  erased: 'erased, as the log says: its text is gone and its leaf is there',
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

function describe({ kind, leaf, place, eventId, detail }: Finding): string {
  const what = [
    ...(leaf === undefined ? [] : [`leaf ${leaf}`]),
    ...(place === undefined ? [] : [`record ${place}`]),
    ...(eventId === '' ? [] : [`event ${eventId}`]),
  ];
  return [kind, what.join(', '), detail].filter((part) => part !== '').join(': ');
}

function total(verdicts: ReadonlyMap<string, number>): number {
  return [...verdicts.values()].reduce((sum, count) => sum + count, 0);
}

function reportVerdicts(report: EvidenceReport, { say }: Voice): void {
  const verdicts = new Map(report.chain?.verdicts);
  for (const [verdict, count] of report.verdicts) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + count);
  for (const [verdict, count] of verdicts) say(`${count} ${verdictWords[verdict] ?? verdict}`);
  const doubtful = [...(report.chain?.doubtful ?? []), ...report.doubtful];
  for (const one of doubtful.filter(({ verdict }) => verdict !== 'unchecked')) {
    const where =
      'place' in one ? `record ${one.place}, ` : one.leaf === undefined ? '' : `leaf ${one.leaf}, `;
    say(`  ${where}event ${one.eventId}: ${verdictWords[one.verdict] ?? one.verdict}`);
  }
  if (report.chain?.chainedLate !== undefined) {
    const { count, chainedAt } = report.chain.chainedLate;
    say(
      `${count} were chained at ${chainedAt}, after they had arrived: what was done to them before is not shown.`,
    );
  }
}

function reportLog(report: EvidenceReport, { say }: Voice): void {
  if (report.waiting > 0) say(`${report.waiting} records wait to be taken into the log.`);
  if (report.checkpoint !== '') say(`checkpoint\n${report.checkpoint}`);
  if (report.findings.length > 0) return;
  const since = report.from === 0 ? '' : ` Those before leaf ${report.from} were verified earlier.`;
  say(
    report.checkpoint === ''
      ? 'The log has not started yet: no collector has signed it.'
      : `All ${report.size} leaves of the log are as they were signed.${since}`,
  );
}

function reportEnd(report: EvidenceReport, isWhole: boolean, { say }: Voice): void {
  const erased = report.verdicts.get('erased') ?? 0;
  const acknowledgements = total(report.verdicts) - erased + (report.chain?.records ?? 0);
  if (report.erasedEvents > 0) say(`${report.erasedEvents} other events were erased, as the log says.`);
  const found = `${acknowledgements} acknowledgements`;
  if (!isWhole) {
    say('The evidence is NOT as it arrived; see the first line.');
  } else if (report.from > 0) {
    say(`${found} and ${report.otherEvents} other events are new, and as they arrived.`);
  } else if (acknowledgements === 0) {
    say('There is nothing to verify yet: no acknowledgement has arrived.');
  } else {
    say(`All ${found} are as they arrived, and ${report.otherEvents} other events.`);
  }
}

/** Returns the exit code: 0, 2 or 3. Throws UsageError for an invalid head and an unreadable file. */
export async function runVerify(
  database: CollectorDatabase,
  source: VerifySource,
  { head, checkpoint, state, whole, witnessKey }: VerifyOptions,
  voice: Voice,
): Promise<0 | 2 | 3> {
  const { say, warn } = voice;
  const writtenDown = head === undefined ? undefined : readHeadOption(head);
  const kept = checkpoint === undefined ? [] : [await readCheckpointOption(checkpoint)];
  const witnessed = await readWitnessOption(database, witnessKey);
  if (witnessed !== undefined) kept.push(witnessed.note);
  const earlier = state === undefined ? undefined : await readState(state);
  let saidAtMs = performance.now();
  const report = await verifyEvidence(database, {
    kept: whole && earlier !== undefined ? [...kept, earlier.checkpoint] : kept,
    verified: whole ? undefined : earlier,
    writtenDown,
    source,
    onProgress: (done, all) => {
      if (performance.now() - saidAtMs < progressEveryMs) return;
      saidAtMs = performance.now();
      warn(`${done} of ${all} leaves`);
    },
  });
  for (const finding of report.findings) say(describe(finding));
  reportVerdicts(report, voice);
  if (report.chain !== undefined) say(`head ${report.chain.head.place}:${report.chain.head.recordSha256}`);
  reportLog(report, voice);
  const isWhole = report.findings.length === 0;
  reportEnd(report, isWhole, voice);
  if (!isWhole) return 2;
  if (state !== undefined && report.checkpoint !== '') {
    await writeState(state, { checkpoint: report.checkpoint, position: report.position });
  }
  if (witnessed !== undefined) {
    say(`The witness ${witnessed.name} signed ${witnessed.size} leaves at ${witnessed.at.toISOString()}.`);
  }
  if (writtenDown !== undefined || kept.length > 0 || earlier !== undefined) return 0;
  say(
    'All of this fits together, and there was nothing to compare with: it does not show whether the whole database is another or an older one.',
  );
  return 3;
}
