/** Children end with their command, are waited for with a deadline, and one process at a time prepares a runtime. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run, startChild } from '../../../build/runtime/child.ts';
import { exclusively } from '../../../build/runtime/exclusive.ts';
import { isRunning } from '../../support/is-running.ts';

const node = process.execPath;
const silent = { onLine: () => undefined, onErrorLine: () => undefined };

describe('a short program', () => {
  test('that is not there, that fails and that hangs are three answers', async () => {
    expect(await run('porthor-no-such-program', [])).toMatchObject({ outcome: 'missing' });
    expect(await run(node, ['-e', 'console.error("why"); process.exit(3)'])).toMatchObject({
      outcome: 'exited',
      status: 3,
      stderr: 'why\n',
    });
    expect(await run(node, ['-e', 'setInterval(() => {}, 1000)'], { deadlineMs: 300 })).toMatchObject({
      outcome: 'timed-out',
      status: 1,
    });
  });
});

describe('a long-running child', () => {
  test('is waited for by the line it prints, even when it was printed before', async () => {
    const child = await startChild(
      'It',
      node,
      ['-e', 'console.log("ready 42"); setInterval(() => {}, 1000)'],
      silent,
    );
    const [, number] = await child.waitForLine(/^ready (\d+)$/, 10_000);
    expect(number).toBe('42');
    const again = await child.waitForLine(/^ready/, 10_000);
    expect(again[0]).toBe('ready');
    await child.stop();
  });

  test('that ends instead says what it said', async () => {
    const script = 'console.error("Port 1 is taken."); process.exitCode = 1';
    const child = await startChild('The collector', node, ['-e', script], silent);
    await expect(child.waitForLine(/^listening/, 10_000)).rejects.toThrow(
      /The collector ended before it was ready \(exit code 1\)[\s\S]*Port 1 is taken\./,
    );
  });

  test('that stays silent is given up at the deadline', async () => {
    const child = await startChild('It', node, ['-e', 'setInterval(() => {}, 1000)'], silent);
    await expect(child.waitForLine(/^ready/, 200)).rejects.toThrow(/not ready after/);
    await child.stop();
  });

  test('that ignores the request to end is ended, with the helpers it started', async () => {
    const helper = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    const script = `
      process.on('SIGTERM', () => {});
      const helper = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(helper)}]);
      console.log('helper ' + helper.pid);
      setInterval(() => {}, 1000);`;
    const child = await startChild('It', node, ['-e', script], silent);
    const [, pid = ''] = await child.waitForLine(/^helper (\d+)$/, 10_000);
    expect(await child.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
    await expect.poll(() => isRunning(Number(pid))).toBe(false);
  });

  test('is taken along by a command that ends without stopping it', async () => {
    const module = fileURLToPath(new URL('../../../build/runtime/child.ts', import.meta.url));
    const command = `
      import { startChild } from ${JSON.stringify(module)};
      const child = await startChild('It', process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(child.pid);
      process.exit(0);`;
    const { stdout } = await run(node, ['--input-type=module', '-e', command]);
    expect(Number(stdout)).toBeGreaterThan(0);
    await expect.poll(() => isRunning(Number(stdout))).toBe(false);
  });

  test('that does not exist is a sentence', async () => {
    await expect(startChild('The X server', 'porthor-no-such-program', [])).rejects.toThrow(
      /^The X server could not be started/,
    );
  });
});

describe('preparing a runtime', () => {
  test('is done by one at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = () =>
      exclusively('test-one-at-a-time', async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all([work(), work(), work(), work()]);
    expect(most).toBe(1);
  });

  test('goes on when the process that held the lock is killed', async () => {
    const module = fileURLToPath(new URL('../../../build/runtime/exclusive.ts', import.meta.url));
    const script = `
      import { exclusively } from ${JSON.stringify(module)};
      await exclusively('test-killed', () => { console.log('in'); return new Promise(() => setInterval(() => {}, 1000)); });`;
    const holder = spawn(node, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    let entered = false;
    const mine = exclusively('test-killed', () => {
      entered = true;
      return Promise.resolve();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(false);
    holder.kill('SIGKILL');
    await mine;
    expect(entered).toBe(true);
  });

  test('a failure frees the way for the next', async () => {
    const failing = exclusively('test-failure', () => Promise.reject(new Error('no network')));
    await expect(failing).rejects.toThrow('no network');
    expect(await exclusively('test-failure', () => Promise.resolve('in'))).toBe('in');
  });
});
