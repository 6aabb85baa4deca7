/** Lets one process at a time do work of one name; the operating system frees the lock when its holder dies. */
import { connect, createServer, type Server } from 'node:net';
import { SetupError } from './setup-error.ts';

const deadlineMs = 15 * 60_000;

const addressOf = (name: string): string | undefined => {
  if (process.platform === 'linux') return `\0porthor-${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\porthor-${name}`;
  // No kind of socket there ends with its process, so other systems work without a lock.
  return undefined;
};

const tryListen = (address: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });

/** Resolves with whether the lock became free before `signal` fired. */
const waitUntilFree = (address: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(address);
    const giveUp = () => socket.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    // The holder never writes: the connection ends when it releases the lock or dies. A refused connection means that it just did.
    socket.on('error', giveUp);
    socket.resume();
    socket.on('close', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(!signal.aborted);
    });
  });

/** Runs `work` while no other process of this machine runs work under the same name. */
export const exclusively = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const address = addressOf(name);
  if (address === undefined) return work();
  const signal = AbortSignal.timeout(deadlineMs);
  let server = await tryListen(address);
  while (server === undefined) {
    if (!(await waitUntilFree(address, signal))) {
      throw new SetupError(
        `Another command has held the lock "${name}" for 15 minutes.`,
        'End that command, then run this one again.',
      );
    }
    server = await tryListen(address);
  }
  const held = server;
  const waiting = new Set<{ destroy(): void }>();
  held.on('connection', (socket) => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => waiting.delete(socket));
  });
  try {
    return await work();
  } finally {
    held.close();
    for (const socket of waiting) socket.destroy();
  }
};
