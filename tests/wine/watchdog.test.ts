import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWatchdog, watchdogName } from '../../build/msi/watchdog/build-watchdog.ts';
import { run } from '../../build/runtime/child.ts';
import { startWine, toWindowsPath, type Wine } from '../support/wine/wine.ts';

const patience = { timeout: 120_000 };
/** The longest time for which the watchdog may hold the desktop. */
const holdMs = 20_000;

describe('the watchdog under Wine', () => {
  let wine: Wine;
  let built: string;
  /** The program's folder of one test. */
  let folder: string;

  beforeAll(async () => {
    built = await mkdtemp(path.join(tmpdir(), 'porthor-watchdog-'));
    await buildWatchdog(path.join(built, watchdogName));
    const source = fileURLToPath(new URL('watchdog/stand-in-agent.c', import.meta.url));
    const compiled = await run('x86_64-w64-mingw32-gcc', [
      ...['-Wall', '-Wextra', '-Werror', '-O2', '-municode', '-mwindows', source],
      ...['-o', path.join(built, 'Porthor.exe')],
    ]);
    expect(compiled.stderr).toBe('');
    wine = await startWine();
    // Keeps Wine's server alive between the tests; to start it takes longer than all else.
    const stays = path.join(built, 'stays.exe');
    await writeFile(stays, await readFile(path.join(built, 'Porthor.exe')));
    await wine.start(toWindowsPath(stays), []);
  });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(built, 'program-'));
    for (const name of [watchdogName, 'Porthor.exe']) {
      await writeFile(path.join(folder, name), await readFile(path.join(built, name)));
    }
  });

  afterEach(async () => {
    // As the installer ends them.
    await wine.run('taskkill', ['/F', '/IM', watchdogName, '/IM', 'Porthor.exe']);
    await Promise.all(watchdogs.splice(0).map(({ exited }) => exited));
    await rm(folder, { recursive: true, force: true });
  });

  afterAll(async () => {
    await (wine as Wine | undefined)?.dispose();
    await rm(built, { recursive: true, force: true });
  });

  const programIn = (name: string) => toWindowsPath(path.join(folder, name));
  const watchdogs: Awaited<ReturnType<Wine['start']>>[] = [];
  const startWatchdog = async (...args: readonly string[]) => {
    const watchdog = await wine.start(programIn(watchdogName), args);
    watchdogs.push(watchdog);
    return watchdog;
  };
  const runWatchdog = (...args: readonly string[]) => wine.run(programIn(watchdogName), args);
  /** The command lines of every agent that was started, oldest first. */
  const started = () => startedIn(folder);
  const startedIn = async (directory: string) =>
    (await readFile(path.join(directory, 'started.txt'), 'utf8').catch(() => ''))
      .split(/\r?\n/u)
      .filter((line) => line !== '')
      .map((line) => line.replace(/^\d+ /u, '').trim());
  /** The file appears whole: a plan that is half written would be read as none. */
  const command = async (name: string, content: string) => {
    await writeFile(path.join(folder, `${name}.part`), content);
    await rename(path.join(folder, `${name}.part`), path.join(folder, name));
  };
  const endAgent = (exitCode: number) => command('exit', String(exitCode));

  it('starts the agent once, and a second watchdog leaves it alone and ends', async () => {
    await startWatchdog('--at-logon');
    await expect.poll(started, patience).toEqual(['--at-logon --kept=2']);
    for (const args of ['--at-logon', '--if-here-before']) {
      expect((await runWatchdog(args)).status).toBe(0);
    }
    expect(await started()).toEqual(['--at-logon --kept=2']);
  });

  it('lets the agent decide whether it ran in this login, when the task finds no watchdog', async () => {
    await startWatchdog('--if-here-before');
    await expect.poll(started, patience).toEqual(['--if-here-before --kept=2']);
  });

  it('restarts an agent that died, again and again', async () => {
    await startWatchdog('--at-logon');
    await expect.poll(started, patience).toHaveLength(1);
    await endAgent(1);
    await expect.poll(started, patience).toEqual(['--at-logon --kept=2', '--kept=2']);
    // As Windows reports a program that touched memory it must not touch.
    await endAgent(0xc000_0005 - 2 ** 32);
    await expect.poll(started, patience).toHaveLength(3);
  });

  it('ends with an agent that ended in order, and starts no other', async () => {
    const watchdog = await startWatchdog('--at-logon');
    await expect.poll(started, patience).toHaveLength(1);
    await endAgent(0);
    expect((await watchdog.exited).status).toBe(0);
    expect(await started()).toHaveLength(1);
  });

  it('watches an agent that a user started, and starts no second one beside it', async () => {
    await wine.start(programIn('Porthor.exe'), ['--by-hand']);
    await expect.poll(started, patience).toEqual(['--by-hand']);
    // The one that ends has found the other, which watches from then on.
    const pair = await Promise.all([startWatchdog('--if-here-before'), startWatchdog('--at-logon')]);
    await Promise.race(pair.map(({ exited }) => exited));
    expect(await started()).toEqual(['--by-hand']);
    await endAgent(3);
    await expect.poll(started, patience).toHaveLength(2);
    await endAgent(0);
    const ended = await Promise.all(pair.map(({ exited }) => exited));
    expect(ended.map(({ status }) => status)).toEqual([0, 0]);
    expect(await started()).toHaveLength(2);
  });

  it('gives up where the agent is missing, so that the next trigger tries again', async () => {
    await rm(path.join(folder, 'Porthor.exe'));
    expect((await runWatchdog('--at-logon')).status).toBe(1);
  });

  it('gives up where Windows refuses to start the agent', async () => {
    await writeFile(path.join(folder, 'Porthor.exe'), 'no program');
    expect((await runWatchdog('--at-logon')).status).toBe(1);
  });

  describe('before the desktop', () => {
    /** Milliseconds that the start of a program took here, beside what it does. */
    const timed = async (...args: readonly string[]) => {
      const before = performance.now();
      const { status } = await wine.run(programIn(watchdogName), args, { deadlineMs: 120_000 });
      return { status, ms: performance.now() - before };
    };

    beforeEach(() => nameProgram(path.join(folder, 'Porthor.exe')));

    /** As the installer does. */
    const nameProgram = (file: string) =>
      wine.run('reg', ['add', 'HKLM\\SOFTWARE\\Porthor', '/v', 'Program', '/d', toWindowsPath(file), '/f']);

    it('holds the desktop until the gate is settled', async () => {
      const hold = startWatchdog('--before-desktop').then(({ exited }) => exited.then(() => 'let go'));
      await wine.start(programIn('Porthor.exe'), []);
      await expect.poll(started, patience).toHaveLength(1);
      expect(await Promise.race([hold, Promise.resolve('held')])).toBe('held');
      await command('settle', '');
      expect(await hold).toBe('let go');
    });

    it('lets go at once where the gate was settled before', async () => {
      await command('settle', '');
      await wine.start(programIn('Porthor.exe'), []);
      await expect.poll(async () => (await timed('--before-desktop')).ms, patience).toBeLessThan(holdMs);
    });

    it.each([
      ['an agent that never paints', true],
      ['an agent that does not start', false],
    ])('lets go after 20 seconds of %s', async (_what, starts) => {
      if (starts) await wine.start(programIn('Porthor.exe'), []);
      const { status, ms } = await timed('--before-desktop');
      expect(status).toBe(0);
      expect(ms).toBeGreaterThanOrEqual(holdMs);
    });

    it('holds nothing where the agent was removed, with its files or as a whole', async () => {
      await rm(path.join(folder, 'Porthor.exe'));
      const noFile = await timed('--before-desktop');
      await wine.run('reg', ['delete', 'HKLM\\SOFTWARE\\Porthor', '/f']);
      const noPorthor = await timed('--before-desktop');
      for (const { status, ms } of [noFile, noPorthor]) {
        expect(status).toBe(0);
        expect(ms).toBeLessThan(holdMs);
      }
    });
  });
});
