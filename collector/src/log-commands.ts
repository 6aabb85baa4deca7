/** `collector -- log`: passes the log on to a new key, and prints the line that a school keeps on paper. */
import { CollectorError } from './collector-error.ts';
import { openCheckpoint, readLogKey } from './log/checkpoint.ts';
import { makeNextKey, readKeyOf } from './log/key-file.ts';
import { logLine } from './log/log-line.ts';
import { createLogRepository, type RotationResult } from './repositories/log.ts';
import type { Storage } from './storage/storage.ts';

export const logVerbs = ['line', 'rotate-key'] as const;
type LogVerb = (typeof logVerbs)[number];

export const logHelp = `  npm run collector -- log line --data DIR
      Prints one line with the size and the root of the log. Keep it each month: on paper, or in an e-mail to somebody
      outside. A file with it serves verify --checkpoint.
  npm run collector -- log rotate-key --data DIR
      Makes a new log.key. The old key signs that the new one follows it, and is then gone. Collectors that share the
      database need the new file.
`;

interface Voice {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly now: () => Date;
}

const problems: Readonly<Record<Exclude<RotationResult, 'done'>, string>> = {
  elsewhere: 'A collector is writing to the log. Try again.',
  'other-key': 'The log is signed with another key meanwhile. Try again.',
  broken: 'The log is not as it was signed. Run verify.',
};

async function rotate(dataDirectory: string, storage: Storage, { say, now }: Voice): Promise<void> {
  const head = await createLogRepository(storage.reader).head();
  if (head === undefined || head.checkpoint === '') {
    throw new CollectorError('The log has signed nothing yet. Start the collector first.');
  }
  const oldKeyText = await readKeyOf(dataDirectory, head.verifierKey);
  const old = oldKeyText === undefined ? undefined : readLogKey(oldKeyText);
  if (oldKeyText === undefined || old === undefined) {
    throw new CollectorError(
      `The key that signs the log is not in ${dataDirectory}. Run this where the log was started.`,
    );
  }
  const newKeyText = await makeNextKey(dataDirectory, old.name);
  const result = await storage.write('log.rotateKey', { oldKeyText, newKeyText, at: now().toISOString() });
  if (result !== 'done') throw new CollectorError(problems[result]);
  const next = readLogKey(newKeyText)?.verifierKey ?? '';
  await readKeyOf(dataDirectory, next);
  say(`The log is now signed with another key: ${next}`);
  say(
    'Publish it where the school has published the one before, and keep a copy of log.key with the backups.',
  );
}

async function printLine(storage: Storage, { say, warn, now }: Voice): Promise<void> {
  const repository = createLogRepository(storage.reader);
  const { checkpoint = '' } = (await repository.head()) ?? {};
  const opened = openCheckpoint(checkpoint, ...(await repository.keys()).keys);
  if (opened === undefined) throw new CollectorError('The log has signed nothing yet, or not with its key.');
  say(logLine(opened, now()));
  warn('Keep this line outside this computer: print it, or send it to somebody who is not at the school.');
}

/** Throws CollectorError. */
export async function runLogCommand(
  verb: LogVerb,
  dataDirectory: string,
  storage: Storage,
  voice: Voice,
): Promise<void> {
  if (verb === 'line') await printLine(storage, voice);
  else await rotate(dataDirectory, storage, voice);
}
