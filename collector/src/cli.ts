/** The collector's command line. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { agentVerbs, runAgentCommand } from './agent-commands.ts';
import { backupHelp, runBackup } from './backup-command.ts';
import { CollectorError, noCollectorIn, UsageError } from './collector-error.ts';
import { type CommandLine, parseCommandLine, unknownCommand } from './command-line.ts';
import { isAnswering } from './edge/is-answering.ts';
import { evidenceHelp, runEvidence } from './evidence-command.ts';
import { logHelp, logVerbs, runLogCommand } from './log-commands.ts';
import { mendHelp, runRecover, runRestore } from './mend-commands.ts';
import { showOwnCommands } from './own-command.ts';
import { policyHelp, policyVerbs, runPolicyCommand } from './policy-commands.ts';
import { privacyHelp, privacyVerbs, runPrivacyCommand } from './privacy-commands.ts';
import { registerHelp, registerVerbs, runRegisterCommand } from './register-commands.ts';
import { createAgentRepository } from './repositories/agents.ts';
import { createConsoleAccessRepository } from './repositories/console-access.ts';
import { createEventRepository } from './repositories/events.ts';
import { createMediaRegisterRepository } from './repositories/media-register.ts';
import { readPublicUrlSetting } from './repositories/public-url.ts';
import { defaultSchoolId } from './schools.ts';
import { runServe, serveHelp } from './serve-command.ts';
import { consoleAddress } from './server.ts';
import { showLines } from './show-text.ts';
import { openStorage } from './storage/open-storage.ts';
import { openReadOnly } from './storage/read-only.ts';
import { type Storage, storageTrouble } from './storage/storage.ts';
import { runTokenCommand, tokenVerbs } from './token-commands.ts';
import { runVerify, verifyHelp } from './verify-command.ts';
import { runWitness, witnessHelp } from './witness-command.ts';

const help = `The Porthor collector keeps what agents report and shows it to the school.

For example, to try it on this computer and to let PCs enrol for thirty days:

  npm run collector -- serve --data /var/lib/porthor --port 8437 --console-address
  npm run collector -- token create --data /var/lib/porthor

Running it:
${serveHelp}  npm run collector -- console --data DIR
      Prints a new one-time address for the console of a running collector.

PCs and their tokens:
  npm run collector -- token create --data DIR [--expires DAYS|never] [--uses N] [--approval]
      Prints a new enrolment token. It is shown once; only its hash is stored. At most N new PCs can enrol with it.
      It expires after 30 days unless --expires says otherwise. With --approval a PC that the school has not seen before
      may report only after agent approve.
  npm run collector -- token list --data DIR
  npm run collector -- token revoke ID --data DIR
      A revoked token enrols no more PCs. PCs that are enrolled stay so.
  npm run collector -- agent list --data DIR
  npm run collector -- agent rename ID --data DIR --label TEXT
  npm run collector -- agent expel ID --data DIR
      Refuses everything that this agent sends from now on. What it has reported stays.
  npm run collector -- agent approve ID --data DIR
      Lets an expelled or waiting agent report and ask.

Policies:
${policyHelp}
Memory sticks:
${registerHelp}
Evidence and data:
${verifyHelp}${evidenceHelp}${backupHelp}${mendHelp}${logHelp}${witnessHelp}  npm run collector -- export --data DIR [--school ID]
      Prints every stored event of one school, or of all, as it arrived, one JSON a line, oldest first.

Data protection:
${privacyHelp}
Only serve and restore make a collector in DIR; the others refuse a DIR without one. All commands but serve, restore and recover may run
beside a running collector. Exit code: 0 all is well, 1 it did not work, 2 verify
found a change, 3 verify had nothing to compare with, 64 the command was not understood.
`;

const now = (): Date => new Date();
// Names and labels come from PCs. A terminal must not obey what is in them.
const own = (text: string): string => showOwnCommands(text, process.env['PORTHOR_COMMAND']);
const say = (line: string): void => void process.stdout.write(`${showLines(own(line))}\n`);
const warn = (line: string): void => void process.stderr.write(`${showLines(own(line))}\n`);

function readWhole(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum)) {
    throw new UsageError(`--${name} takes a whole number from ${minimum} to ${maximum}, not "${text}".`);
  }
  return value;
}

/** Names every missing option at once, so that the technician types the command a second time only. */
function requireAll<Name extends string>(
  values: Readonly<Partial<Record<Name, string | undefined>>>,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (values[name] ?? '') === '');
  if (missing.length > 0) {
    const list = missing.map((name) => `--${name}`).join(' and ');
    throw new UsageError(`${list} ${missing.length === 1 ? 'is' : 'are'} missing.`);
  }
  return values as Readonly<Record<Name, string>>;
}

/** The exit code for a command that was not understood, as in BSD's sysexits.h. `verify` and `lint` need 1 and 2. */
const usageExitCode = 64;

/** A token goes into the configuration of every PC; one that is never used again should not enrol PCs for ever. */
const tokenDays = 30;

/** A `postgres://` address; undefined for SQLite in the data folder. */
function databaseUrl(): string | undefined {
  const url = process.env['PORTHOR_DATABASE_URL'];
  return url === undefined || url === '' ? undefined : url;
}

/** Only `serve` and `restore` make a collector. */
async function withStorage<Value>(
  dataDirectory: string,
  use: (storage: Storage) => Promise<Value>,
): Promise<Value> {
  const storage = await openStorage({
    dataDirectory,
    create: false,
    thread: false,
    databaseUrl: databaseUrl(),
  });
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}

async function printConsoleAddress(dataDirectory: string): Promise<void> {
  const printed = await withStorage(dataDirectory, async (storage) => {
    const access = createConsoleAccessRepository(storage, now);
    const address = await access.readAddress();
    if (address === undefined) return undefined;
    const reached = (await readPublicUrlSetting(storage.reader)) ?? address;
    return { address, link: consoleAddress(reached, await access.createCode(defaultSchoolId)) };
  });
  if (printed === undefined) {
    throw new CollectorError('This collector was never started. Start it with: npm run collector -- serve');
  }
  if (!(await isAnswering(printed.address))) {
    warn(`No collector answers at ${printed.address}. Start it with: npm run collector -- serve`);
  }
  say(`console ${printed.link}`);
}

async function backUp(dataDirectory: string, target: string): Promise<void> {
  await withStorage(dataDirectory, async ({ copyTo }) => {
    if (copyTo === undefined) {
      throw new CollectorError('A database server has its own backup. Use pg_dump for PostgreSQL.');
    }
    await runBackup(copyTo, target, say);
    if (!path.relative(dataDirectory, target).startsWith('..')) {
      warn('This copy is in the data folder. Keep it on another computer: a broken disk would take both.');
    }
  });
}

async function exportEvents(dataDirectory: string, schoolId: string | undefined): Promise<void> {
  await withStorage(dataDirectory, async (storage) => {
    for await (const raw of createEventRepository(storage, now).readAll(schoolId)) {
      // In JSON a bare line break occurs only between tokens, so a space there changes nothing.
      if (!process.stdout.write(`${raw.replace(/[\r\n]+/gu, ' ')}\n`)) await once(process.stdout, 'drain');
    }
  });
}

const dataOf = ({ values }: CommandLine): string => path.resolve(requireAll(values, 'data').data);

async function runRegister(line: CommandLine): Promise<void> {
  const { values, positionals } = line;
  const [, verb, subject] = positionals;
  const known = registerVerbs.find((one) => one === verb);
  if (known === undefined || positionals.length > 3) throw unknownCommand(positionals);
  const needsId = known === 'return' || known === 'remove' || known === 'approve' || known === 'refuse';
  if (needsId !== (subject !== undefined)) {
    throw new UsageError(`register ${known} takes ${needsId ? 'the id of an entry or a request' : 'no id'}.`);
  }
  await withStorage(dataOf(line), (storage) =>
    runRegisterCommand(
      known,
      subject ?? '',
      { ...values, issuedTo: values.issuedTo, wholeModel: values.wholeModel === true },
      createMediaRegisterRepository(storage, now, defaultSchoolId),
      { say, warn, now },
    ),
  );
}

async function runAgent(line: CommandLine): Promise<void> {
  const [, verb, subject] = line.positionals;
  const known = agentVerbs.find((one) => one === verb);
  if (known === undefined || line.positionals.length !== (known === 'list' ? 2 : 3)) {
    throw unknownCommand(line.positionals);
  }
  await withStorage(dataOf(line), (storage) =>
    runAgentCommand(known, subject ?? '', line.values.label, createAgentRepository(storage, now), {
      say,
      warn,
    }),
  );
}

async function runPolicy(line: CommandLine): Promise<void> {
  const { positionals } = line;
  const known = policyVerbs.find((one) => one === positionals[1]);
  if (known === undefined) throw unknownCommand(positionals);
  const subjects = positionals.slice(2);
  const takes = {
    publish: [1, Number.POSITIVE_INFINITY, 'one pack or several'],
    list: [0, 0, 'nothing more'],
    withdraw: [2, 2, 'an id and a version'],
  } as const;
  const [fewest, most, words] = takes[known];
  if (subjects.length < fewest || subjects.length > most) {
    throw new UsageError(`policy ${known} takes ${words}.`);
  }
  const dataDirectory = dataOf(line);
  // With a database server the data folder still holds the published packs.
  if (!existsSync(path.join(dataDirectory, databaseUrl() === undefined ? 'collector.sqlite' : '.'))) {
    throw noCollectorIn(dataDirectory);
  }
  await runPolicyCommand(dataDirectory, known, subjects, {
    say,
    warn,
    confirm: line.values.yes === true ? () => Promise.resolve(true) : askOnTerminal(),
  });
}

/** A question that only *y* or *yes* answers with yes. Undefined without a terminal: a script would wait for ever. */
function askOnTerminal(): ((question: string) => Promise<boolean>) | undefined {
  if (!process.stdin.isTTY) return undefined;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(?:es)?$/iu.test((await terminal.question(`${question} [y/N] `)).trim());
    } finally {
      terminal.close();
    }
  };
}

async function runToken(line: CommandLine): Promise<void> {
  const { values, positionals } = line;
  const [, verb, tokenId] = positionals;
  const known = tokenVerbs.find((one) => one === verb);
  if (known === undefined) throw unknownCommand(positionals);
  refuseMoreWords(positionals, known === 'revoke' ? 3 : 2);
  if (known === 'revoke' && tokenId === undefined) {
    throw new UsageError('token revoke takes the id of a token.');
  }
  const limits = {
    expiresAfterDays:
      values.expires === 'never'
        ? undefined
        : readWhole('expires', values.expires ?? String(tokenDays), 1, 36_500),
    maxUses: values.uses === undefined ? undefined : readWhole('uses', values.uses, 1, 1_000_000),
    needsApproval: values.approval === true,
  };
  await withStorage(dataOf(line), (storage) =>
    runTokenCommand(known, { tokenId: tokenId ?? '', ...limits }, createAgentRepository(storage, now), {
      say,
      warn,
      now,
    }),
  );
}

async function runEvidenceCommand(line: CommandLine): Promise<void> {
  const [, target, more] = line.positionals;
  if (target === undefined || more !== undefined) {
    throw new UsageError('evidence takes the name of a new file.');
  }
  const { record } = requireAll(line.values, 'record');
  const database = await openReadOnly({ dataDirectory: dataOf(line), databaseUrl: databaseUrl() });
  try {
    await runEvidence(database, { eventId: record, target: path.resolve(target) }, say);
  } finally {
    await database.destroy();
  }
}

async function runWitnessCommand(line: CommandLine): Promise<void> {
  const { data, port, logs } = requireAll(line.values, 'data', 'port', 'logs');
  const options = {
    dataDirectory: path.resolve(data),
    logsFile: path.resolve(logs),
    host: line.values.host ?? '127.0.0.1',
    port: readWhole('port', port, 0, 65_535),
  };
  await runWitness(options, { say, now });
}

async function runLog(line: CommandLine): Promise<void> {
  const { positionals } = line;
  const known = logVerbs.find((one) => one === positionals[1]);
  if (known === undefined) throw unknownCommand(positionals);
  refuseMoreWords(positionals, 2);
  const dataDirectory = dataOf(line);
  await withStorage(dataDirectory, (storage) =>
    runLogCommand(known, dataDirectory, storage, { say, warn, now }),
  );
}

async function runPrivacy(line: CommandLine): Promise<void> {
  const { values, positionals } = line;
  const known = privacyVerbs.find((one) => one === positionals[1]);
  if (known === undefined) throw unknownCommand(positionals);
  refuseMoreWords(positionals, known === 'export' ? 3 : 2);
  const { school: schoolId = defaultSchoolId, account, person, askedBy, reason, kind, days } = values;
  const options = { schoolId, target: positionals[2], account, person, askedBy, reason, kind, days };
  await withStorage(dataOf(line), (storage) =>
    runPrivacyCommand(known, { ...options, confirm: values.confirm === true }, storage, { say, warn, now }),
  );
}

async function runBackupCommand(line: CommandLine): Promise<void> {
  const [, target, more] = line.positionals;
  if (target === undefined || more !== undefined) {
    throw new UsageError('backup takes the name of a new file.');
  }
  await backUp(dataOf(line), path.resolve(target));
}

async function runRestoreCommand(line: CommandLine): Promise<void> {
  const [, backup, more] = line.positionals;
  if (backup === undefined || more !== undefined) {
    throw new UsageError('restore takes the name of a backup.');
  }
  if (databaseUrl() !== undefined) {
    throw new CollectorError('A database server has its own backup. Use pg_restore for PostgreSQL.');
  }
  await runRestore(dataOf(line), path.resolve(backup), { say, now });
}

async function runVerifyCommand(line: CommandLine): Promise<void> {
  const { head, checkpoint, state, witnessKey } = line.values;
  const whole = line.values.whole === true;
  const source = { dataDirectory: dataOf(line), databaseUrl: databaseUrl() };
  const database = await openReadOnly(source);
  try {
    process.exitCode = await runVerify(
      database,
      source,
      { head, checkpoint, state, whole, witnessKey },
      { say, warn },
    );
  } finally {
    await database.destroy();
  }
}

function refuseMoreWords(positionals: readonly string[], expected: number): void {
  if (positionals.length > expected) {
    throw new UsageError(`"${positionals[expected] ?? ''}" is one word too many.`);
  }
}

const commands: ReadonlyMap<string, (line: CommandLine) => Promise<void>> = new Map([
  ['register', runRegister],
  ['agent', runAgent],
  ['policy', runPolicy],
  ['token', runToken],
  ['backup', runBackupCommand],
  ['evidence', runEvidenceCommand],
  ['restore', runRestoreCommand],
  ['log', runLog],
  ['privacy', runPrivacy],
]);

/** Commands of one word. */
const shortCommands: ReadonlyMap<string, (line: CommandLine) => Promise<void>> = new Map([
  [
    'serve',
    (line) =>
      runServe(line, requireAll(line.values, 'data', 'port'), { say, warn, databaseUrl: databaseUrl() }),
  ],
  ['console', (line) => printConsoleAddress(dataOf(line))],
  ['export', (line) => exportEvents(dataOf(line), line.values.school)],
  ['verify', runVerifyCommand],
  ['witness', runWitnessCommand],
  ['recover', (line) => runRecover(dataOf(line), { say, now })],
]);

async function run(argv: readonly string[]): Promise<void> {
  const line = parseCommandLine(argv);
  if (line === 'help') {
    process.stdout.write(own(help));
    return;
  }
  const [command = ''] = line.positionals;
  const short = shortCommands.get(command);
  if (short !== undefined) refuseMoreWords(line.positionals, 1);
  const runCommand = short ?? commands.get(command);
  if (runCommand === undefined) throw unknownCommand(line.positionals);
  await runCommand(line);
}

function describeFailure(error: unknown): string {
  if (error instanceof CollectorError) return error.message;
  if (error instanceof UsageError) return `${error.message} See: npm run collector -- --help`;
  switch (storageTrouble(error)) {
    case 'busy':
      return 'The database is busy with another program. Try again in a moment.';
    case 'full':
      return 'The disk is full. Make room and try again.';
    case 'overloaded':
      return 'The collector has too much to store. Try again in a moment.';
    case 'unusable':
      return `The database cannot be used (${error instanceof Error ? error.message : ''}). Check the disk, or restore a backup.`;
    case undefined:
      return `Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

// `export | head` closes the pipe early, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') warn(`The output cannot be written: ${error.message}`);
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

run(process.argv.slice(2)).catch((error: unknown) => {
  warn(describeFailure(error));
  process.exitCode = error instanceof UsageError ? usageExitCode : 1;
});
