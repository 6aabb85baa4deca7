/** Password hashes by argon2id, computed in a thread of their own, one after the other. */
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';

export interface Passwords {
  /** In the PHC string format, with its own salt and cost. */
  hash(password: string): Promise<string>;
  /** An absent hash takes as long as a wrong password, so that the time tells nothing about the account. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

function runTask(task: Readonly<Record<string, unknown>>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./password-thread.ts', import.meta.url), {
      workerData: task,
      name: 'password',
    });
    thread.once('message', resolve);
    thread.once('error', reject);
    // After the message this changes nothing.
    thread.once('exit', (code) => reject(new Error(`the password thread ended (${code})`)));
  });
}

export function createPasswords(): Passwords {
  let last: Promise<unknown> = Promise.resolve();
  // One at a time, so that many sign-ins at once cannot take all memory and cores.
  const inTurn = (task: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const next = last.then(
      () => runTask(task),
      () => runTask(task),
    );
    last = next;
    return next;
  };
  let decoy: Promise<string> | undefined;
  const hash = async (password: string): Promise<string> =>
    String(await inTurn({ kind: 'hash', password: password.normalize('NFC'), salt: randomBytes(16) }));
  return {
    hash,
    async verify(password, known) {
      decoy ??= hash(randomBytes(16).toString('hex'));
      const matches = await inTurn({
        kind: 'verify',
        password: password.normalize('NFC'),
        hash: known ?? (await decoy),
      });
      return known !== undefined && matches === true;
    },
  };
}
