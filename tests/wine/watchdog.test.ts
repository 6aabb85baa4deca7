import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWatchdog, watchdogName } from '../../build/msi/watchdog/build-watchdog.ts';
import { run } from '../../build/runtime/child.ts';
import { startWine, toWindowsPath, type Wine } from '../support/wine/wine.ts';

const patience = { timeout: 30_000 };
/** What the watchdog promises for the desktop; the time that Wine needs to start a program comes on top. */
const holdMs = 20_000;
const startMs = 8000;

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
  });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(built, 'program-'));
    for (const name of [watchdogName, 'Porthor.exe']) {
      await writeFile(path.join(folder, name), await readFile(path.join(built, name)));
    }
  });

  afterEach(async () => {
    await wine.endSession();
    await rm(folder, { recursive: true, force: true });
  });

  afterAll(async () => {
    await (wine as Wine | undefined)?.dispose();
    await rm(built, { recursive: true, force: true });
  });

  const programIn = (name: string) => toWindowsPath(path.join(folder, name));
  const startWatchdog = (...args: readonly string[]) => wine.start(programIn(watchdogName), args);
  const runWatchdog = (...args: readonly string[]) => wine.run(programIn(watchdogName), args);
  /** The command lines of every agent that was started, oldest first. */
  const started = async () =>
    (await readFile(path.join(folder, 'started.txt'), 'utf8').catch(() => ''))
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
    const watchdog = await startWatchdog('--if-here-before');
    await endAgent(3);
    await expect.poll(started, patience).toEqual(['--by-hand', '--kept=2']);
    await endAgent(0);
    expect((await watchdog.exited).status).toBe(0);
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
    const timed = async (...args: readonly string[]) => {
      const before = performance.now();
      const { status } = await wine.run(programIn(watchdogName), args);
      return { status, ms: performance.now() - before };
    };

    it('holds the desktop until the gate is settled', async () => {
      const hold = await startWatchdog('--before-desktop');
      const held = await Promise.race([hold.exited.then(() => false), wine.run('reg', ['query', 'HKCU'])]);
      expect(held).not.toBe(false);
      await wine.start(programIn('Porthor.exe'), []);
      await expect.poll(started, patience).toHaveLength(1);
      await command('settle', '');
      expect((await hold.exited).status).toBe(0);
    });

    it('holds nothing where the gate was settled before', async () => {
      await command('settle', '');
      await wine.start(programIn('Porthor.exe'), []);
      await expect
        .poll(async () => (await timed('--before-desktop')).ms, { timeout: 90_000 })
        .toBeLessThan(startMs);
    });

    it.each([
      ['an agent that never paints', '--at-logon'],
      ['no agent at all', undefined],
    ])('lets go after 20 seconds of %s', async (_what, agent) => {
      if (agent !== undefined) await wine.start(programIn('Porthor.exe'), [agent]);
      const { status, ms } = await timed('--before-desktop');
      expect(status).toBe(0);
      expect(ms).toBeGreaterThanOrEqual(holdMs);
      expect(ms).toBeLessThan(holdMs + startMs);
    });

    it('holds nothing where the agent was removed', async () => {
      await rm(path.join(folder, 'Porthor.exe'));
      const { status, ms } = await timed('--before-desktop');
      expect(status).toBe(0);
      expect(ms).toBeLessThan(holdMs);
    });
  });
});
