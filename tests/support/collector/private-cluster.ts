/** A PostgreSQL cluster of the tests' own: a new folder, a free port of the loopback address, no password, no sync. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ensurePrograms, postgresNeeds } from '../../../build/runtime/system-packages.ts';

const run = promisify(execFile);
const programsFolder = '/usr/lib/postgresql';

export interface PrivateCluster {
  /** Creates an empty database and returns its address. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server without a chance to finish, as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

async function findPrograms(): Promise<string> {
  const versions = (await readdir(programsFolder)).filter((name) => /^\d+$/u.test(name));
  const newest = versions.toSorted((left, right) => Number(right) - Number(left))[0];
  if (newest === undefined) throw new Error(`there is no PostgreSQL below ${programsFolder}`);
  return path.join(programsFolder, newest, 'bin');
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = z.object({ port: z.int() }).parse(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** PostgreSQL refuses to run as root; then the account that Debian's package made runs it. */
async function accountOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { stdout: uid } = await run('id', ['-u', name]);
  const { stdout: gid } = await run('id', ['-g', name]);
  return { uid: Number(uid), gid: Number(gid) };
}

/** `sync` keeps PostgreSQL's own syncs, for tests that kill the server. */
export async function startPrivateCluster({ sync = false } = {}): Promise<PrivateCluster> {
  await ensurePrograms('the PostgreSQL tests', postgresNeeds);
  const programs = await findPrograms();
  const account = await accountOf('postgres');
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-postgres-'));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
  const data = path.join(folder, 'data');
  const port = await findFreePort();
  const call = (program: string, ...args: readonly string[]) =>
    run(path.join(programs, program), [...args], { cwd: folder, timeout: 120_000, ...account });
  await call(
    'initdb',
    '--pgdata',
    data,
    '--auth',
    'trust',
    '--username',
    'porthor',
    '--encoding',
    'UTF8',
    '--no-sync',
  );
  const options = [
    '-h 127.0.0.1',
    `-p ${port}`,
    `-k ${folder}`,
    sync ? '' : '-c fsync=off',
    '-c max_connections=100',
  ].join(' ');
  const cluster: PrivateCluster = {
    async createDatabase(name) {
      await call(
        'psql',
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        'porthor',
        '-d',
        'postgres',
        '-c',
        `create database ${name}`,
      );
      return `postgres://porthor@127.0.0.1:${port}/${name}`;
    },
    async kill() {
      await call('pg_ctl', 'stop', '--pgdata', data, '--mode', 'immediate', '--wait');
    },
    async start() {
      await call(
        'pg_ctl',
        'start',
        '--pgdata',
        data,
        '--log',
        path.join(folder, 'log'),
        '--options',
        options,
        '--wait',
      );
    },
    async stop() {
      await call('pg_ctl', 'stop', '--pgdata', data, '--mode', 'fast', '--wait').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}
