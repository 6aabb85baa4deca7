/** `collector -- privacy`: what is held of a person, its erasure, and how long a school keeps each kind of event. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { CollectorError, UsageError } from './collector-error.ts';
import { createPrivacyRepository } from './privacy/erase-person.ts';
import { listErasures } from './privacy/erasure-log.ts';
import { fewestDays, type RetentionKind, retentionKinds } from './privacy/event-kinds.ts';
import { accountsOfPerson, type HeldSummary, readAccountKey } from './privacy/person.ts';
import { createRetentionRepository } from './privacy/retention.ts';
import type { Storage } from './storage/storage.ts';

export const privacyVerbs = ['export', 'erase', 'retention', 'log'] as const;
type PrivacyVerb = (typeof privacyVerbs)[number];

export const privacyHelp = `  npm run collector -- privacy export FILE --account NAME | --person NAME --data DIR [--school ID]
      Writes a new file with all that the collector holds of one person, as JSON. An account is DOMAIN\\name or a SID.
      A person is the full name that was typed at the gate.
  npm run collector -- privacy erase --account NAME | --person NAME --data DIR [--school ID]
                       --asked-by WHO --reason WHY [--confirm]
      Prints what would be erased. With --confirm it erases. The log then says who asked, why, and which records: put no
      name there. The person is asked again at the next login. Backups and exports keep what they hold.
  npm run collector -- privacy retention --data DIR [--school ID] [--kind KIND --days N|keep]
      Prints or sets how long the school keeps each kind of event: ${retentionKinds.join(', ')}.
      The collector erases once a day what is older. Without a setting it keeps everything.
  npm run collector -- privacy log --data DIR [--school ID]
      Prints what was erased, when, and why.
`;

interface Voice {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly now: () => Date;
}

interface PrivacyOptions {
  readonly schoolId: string;
  /** The file of an export. */
  readonly target: string | undefined;
  readonly account: string | undefined;
  readonly person: string | undefined;
  readonly askedBy: string | undefined;
  readonly reason: string | undefined;
  readonly confirm: boolean;
  readonly kind: string | undefined;
  readonly days: string | undefined;
}

const actor = 'command line';

async function checkSchool({ reader }: Storage, schoolId: string): Promise<void> {
  const row = await reader
    .selectFrom('schools')
    .select('school_id')
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  if (row === undefined) throw new CollectorError(`There is no school ${schoolId}.`);
}

async function findAccount(storage: Storage, { schoolId, account, person }: PrivacyOptions): Promise<string> {
  if ((account === undefined) === (person === undefined)) {
    throw new UsageError('Name one: --account or --person.');
  }
  if (account !== undefined) return readAccountKey(account);
  const accounts = await accountsOfPerson(storage.reader, schoolId, person ?? '');
  const [first, more] = accounts;
  if (first === undefined) throw new CollectorError(`No acknowledgement bears the name ${person ?? ''}.`);
  if (more !== undefined) {
    throw new CollectorError(
      `${accounts.length} accounts have signed with that name: ${accounts.join(', ')}. Name one with --account.`,
    );
  }
  return first;
}

async function writeExport(target: string, value: object): Promise<void> {
  try {
    const handle = await open(target, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CollectorError(`${target} cannot be written as a new file: ${code}. Name another file.`);
  }
}

function describe(account: string, held: HeldSummary): string[] {
  const { events, agents, auditEntries, registerEntries, offlineCodes } = held;
  return [
    `Of ${account} the collector holds:`,
    ...Object.entries(events).map(([kind, count]) => `  ${count} events of the kind ${kind}`),
    `  the account of ${agents} agents, ${auditEntries} entries of the audit log, ${registerEntries} of the device register`,
    `  the reasons of ${offlineCodes} codes by telephone`,
  ];
}

async function runErase(storage: Storage, options: PrivacyOptions, { say, now }: Voice): Promise<void> {
  const { askedBy, reason, confirm, schoolId } = options;
  if (askedBy === undefined || reason === undefined) {
    throw new UsageError('privacy erase takes --asked-by and --reason. Both stay in the log for ever.');
  }
  const account = await findAccount(storage, options);
  const privacy = createPrivacyRepository(storage, now, schoolId);
  for (const line of describe(account, await privacy.summarise(account))) say(line);
  if (!confirm) {
    say('Nothing was erased. Give --confirm to erase it.');
    return;
  }
  const erased = await privacy.erase(account, { askedBy, reason, actor });
  if (erased === undefined) throw new CollectorError(`The collector holds nothing of ${account}.`);
  say(`Erased: ${erased.records} records. The log names the erasure ${erased.erasure}.`);
  say('Backups and files that were exported earlier still hold them.');
}

function readRule({ kind, days }: PrivacyOptions): { kind: RetentionKind; days: number | undefined } {
  const known = retentionKinds.find((one) => one === kind);
  if (known === undefined) throw new UsageError(`--kind takes one of: ${retentionKinds.join(', ')}.`);
  if (days === 'keep') return { kind: known, days: undefined };
  const value = /^\d{1,5}$/u.test(days ?? '') ? Number(days) : Number.NaN;
  if (!(value >= fewestDays[known] && value <= 36_500)) {
    throw new UsageError(`--days takes "keep", or a whole number from ${fewestDays[known]} for ${known}.`);
  }
  return { kind: known, days: value };
}

async function runRetention(storage: Storage, options: PrivacyOptions, { say, now }: Voice): Promise<void> {
  const retention = createRetentionRepository(storage, now, options.schoolId);
  if (options.kind !== undefined || options.days !== undefined) {
    const rule = readRule(options);
    await retention.set(rule.kind, rule.days, actor);
  }
  for (const { kind, days } of await retention.list()) {
    say(`${kind}  ${days === undefined ? 'kept' : `${days} days`}`);
  }
}

async function runLog(
  { reader }: Storage,
  { schoolId }: PrivacyOptions,
  { say, warn }: Voice,
): Promise<void> {
  const entries = await listErasures(reader, schoolId);
  if (entries.length === 0) warn('Nothing was erased.');
  for (const { at, recordId, records, asked, retention } of entries) {
    const why =
      asked === undefined
        ? `older than ${retention?.days ?? 0} days: ${retention?.kind ?? ''}`
        : `asked by ${asked.by}: ${asked.reason}`;
    say(`${at}  ${records} records  ${why}  ${recordId}`);
  }
}

/** Throws CollectorError and UsageError. */
export async function runPrivacyCommand(
  verb: PrivacyVerb,
  options: PrivacyOptions,
  storage: Storage,
  voice: Voice,
): Promise<void> {
  await checkSchool(storage, options.schoolId);
  switch (verb) {
    case 'export': {
      if (options.target === undefined) throw new UsageError('privacy export takes the name of a new file.');
      const account = await findAccount(storage, options);
      const target = path.resolve(options.target);
      await writeExport(
        target,
        await createPrivacyRepository(storage, voice.now, options.schoolId).export(account),
      );
      voice.say(`What the collector holds of ${account} is in ${target}.`);
      return;
    }
    case 'erase':
      return runErase(storage, options, voice);
    case 'retention':
      return runRetention(storage, options, voice);
    case 'log':
      return runLog(storage, options, voice);
  }
}
