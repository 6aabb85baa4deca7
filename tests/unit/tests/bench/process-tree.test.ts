/** How the benchmarks read processes, from lines as Linux and Chromium write them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  parsePss,
  parseSessionId,
  parseType,
  parseWakeUps,
  processesOf,
  pssOf,
  spentBetween,
  threadTimesOf,
} from '../../../support/bench/process-tree.ts';

describe('a line of stat', () => {
  const fields = '1 500 4242 0 -1 4194560 1 0 0 0 120 34 0 0 20 0 30 0 900 1 1';

  test('gives the session', () => {
    expect(parseSessionId(`77 (electron) S ${fields}`)).toBe(4242);
  });

  test('is not misread when the name holds brackets and spaces', () => {
    expect(parseSessionId(`77 (odd) S 9 (name) S ${fields}`)).toBe(4242);
  });

  test('of a process that has ended has no values', () => {
    expect(parseSessionId(`77 (electron) Z ${fields}`)).toBeUndefined();
  });

  test('that is empty or cut short has no values', () => {
    expect(parseSessionId('')).toBeUndefined();
    expect(parseSessionId('77 (electron) S 1')).toBeUndefined();
  });
});

test('the benchmark reads the type from a command line with NUL or with spaces; the program itself has none', () => {
  expect(parseType('/opt/electron\0--type=renderer\0--lang=en')).toBe('renderer');
  expect(parseType('/opt/electron --type=gpu-process --no-sandbox ')).toBe('gpu-process');
  expect(parseType('/opt/electron\0/app\0')).toBe('');
  expect(parseType('/opt/electron\0/srv/x--type=renderer\0')).toBe('');
});

test('the benchmark reads the proportional size, and not the resident size or a part of it', () => {
  const rollup = 'Rss:  300 kB\nPss:  120 kB\nPss_Anon:  80 kB\nSwapPss:  7 kB\n';
  expect(parsePss(rollup)).toBe(120 * 1024);
  expect(parsePss('Rss:  300 kB\n')).toBeUndefined();
});

test.runIf(process.platform === 'linux')(
  'the benchmark counts a session with its children, and no other',
  async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & echo ready; wait'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('sh did not start');
    try {
      await once(child.stdout, 'data');
      const found = processesOf(pid);
      expect(found).toHaveLength(2);
      expect(found.map((one) => one.pid)).toContain(pid);
      expect(found.map((one) => one.pid)).not.toContain(process.pid);
      expect(pssOf(found)).toBeGreaterThan(0);
      expect(threadTimesOf(found).get(pid)).toBeGreaterThan(0);
    } finally {
      process.kill(-pid, 'SIGKILL');
      await once(child, 'exit');
    }
    // The same signal kills the child's own child, but the system may notice this a moment later.
    await expect.poll(() => processesOf(pid)).toEqual([]);
  },
);

test('a wake-up counts only if a thread has waited for it', () => {
  const status = 'Name:\tsh\nvoluntary_ctxt_switches:\t42\nnonvoluntary_ctxt_switches:\t7\n';
  expect(parseWakeUps(status)).toBe(42);
  expect(parseWakeUps('')).toBeUndefined();
});

test('the time between two readings includes new threads and leaves out threads that have ended', () => {
  const before = new Map([
    [11, 100],
    [12, 40],
  ]);
  const after = new Map([
    [11, 107.5],
    [13, 2],
  ]);
  expect(spentBetween(before, after)).toBe(9.5);
});
