/** Keeps what the last logon took, so that the self-check, a program of its own, can say it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogonToGate, logonToGateSchema } from '../../../shared/wire/events.ts';

const fileName = 'last-logon.json';

/** Rejects where the file cannot be written. Nothing but the self-check reads it. */
export async function keepLastLogon(directory: string, known: LogonToGate): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, fileName), `${JSON.stringify(known)}\n`, { mode: 0o600 });
}

/** Absent, damaged and foreign files mean the same: nothing is known. */
export async function readLastLogon(directory: string): Promise<LogonToGate | undefined> {
  try {
    return logonToGateSchema.parse(JSON.parse(await readFile(join(directory, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}
