import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../../../electron/platform/deadline.ts';
import { describeError } from '../../../../electron/platform/describe-error.ts';
import {
  classifyBusFailure,
  parseBoolean,
  parseNamedPath,
  parseOwner,
  parseReturnedPath,
  parseText,
} from '../../../../electron/platform/logind/parse-busctl.ts';
import { parseOsRelease } from '../../../../electron/platform/machine/parse-os-release.ts';
import { findSystemTool, runTool } from '../../../../electron/platform/run-tool.ts';
import { eventually } from '../../../support/eventually.ts';

describe('the output of busctl', () => {
  it('is read by its type', () => {
    expect(parseReturnedPath('{"type":"o","data":["/org/freedesktop/login1/session/c7"]}')).toBe(
      '/org/freedesktop/login1/session/c7',
    );
    expect(parseOwner('{"type":"(uo)","data":[1001,"/org/freedesktop/login1/user/_1001"]}')).toBe(1001);
    expect(parseText('{"type":"s","data":"user"}')).toBe('user');
    expect(parseBoolean('{"type":"b","data":true}')).toBe(true);
    expect(parseNamedPath('{"type":"(so)","data":["c7","/org/freedesktop/login1/session/c7"]}')).toBe(
      '/org/freedesktop/login1/session/c7',
    );
    expect(parseNamedPath('{"type":"(so)","data":["","/"]}')).toBeUndefined();
  });

  it.each([
    '',
    'true',
    '{"type":"s","data":["x"]}',
    '{"type":"o","data":["../../etc"]}',
    '{"type":"o","data":[]}',
  ])('is undefined when it has another type: %j', (output) => {
    for (const parse of [parseReturnedPath, parseOwner, parseText, parseBoolean, parseNamedPath]) {
      expect(parse(output)).toBeUndefined();
    }
  });

  it.each([
    ['Failed to connect to bus: No such file or directory\n', 'none'],
    ['Call failed: The name org.freedesktop.login1 was not provided by any .service files\n', 'none'],
    ['Call failed: Access denied\n', 'refused'],
    ['Call failed: Interactive authentication required.\n', 'refused'],
    ["Call failed: No session 'c9' known\n", 'no-such'],
    ['Call failed: PID 4711 does not belong to any known session\n', 'no-such'],
    ['Call failed: User ID 1001 is not logged in or lingering\n', 'no-such'],
    ['Call failed: Connection timed out\n', 'failed'],
    ['', 'failed'],
  ] as const)('gives the reason why a call failed: %j', (stderr, failure) => {
    expect(classifyBusFailure(stderr)).toBe(failure);
  });
});

describe('os-release', () => {
  it.each([
    [
      'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
      'Debian GNU/Linux 12 (bookworm)',
    ],
    ["PRETTY_NAME='Ubuntu 24.04'\n", 'Ubuntu 24.04'],
    ['PRETTY_NAME="A \\"quoted\\" name"\n', 'A "quoted" name'],
    ['NAME=Fedora\nPRETTY_NAME=\n', 'Fedora'],
    ['', 'Linux'],
  ])('%j', (text, name) => {
    expect(parseOsRelease(text)).toBe(name);
  });
});

describe('a tool of the system', () => {
  it('is found in the folders of the system alone', () => {
    expect(findSystemTool('sh')).toMatch(/\/bin\/sh$/u);
    expect(findSystemTool('no-such-tool-of-porthor')).toBeUndefined();
    expect(findSystemTool('vitest'), 'not along the search path of whoever starts us').toBeUndefined();
  });

  it('answers with its exit code and both of its outputs', async () => {
    expect(await runTool('sh', ['-c', 'echo out; echo err >&2; exit 3'], { deadlineMs: 5000 })).toEqual({
      kind: 'done',
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gets a bare environment', async () => {
    const answer = await runTool('env', [], { deadlineMs: 5000, environment: { PORTHOR_ONE: '1' } });
    const names = answer.kind === 'done' ? answer.stdout.match(/^\w+(?==)/gmu) : null;
    expect(names?.sort()).toEqual(['LC_ALL', 'PATH', 'PORTHOR_ONE']);
  });

  it('is stopped at its deadline, and not left running', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'porthor-tool-'));
    try {
      const pidFile = path.join(folder, 'pid');
      const startedMs = performance.now();
      const answer = await runTool('sh', ['-c', `echo $$ > '${pidFile}'; exec sleep 60`], {
        deadlineMs: 500,
      });
      expect(answer).toEqual({ kind: 'late', reason: 'sh gave no answer within 500 ms' });
      expect(performance.now() - startedMs).toBeLessThan(5000);
      const pid = Number(await readFile(pidFile, 'utf8'));
      await eventually(() => {
        expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is reported as missing where it is not installed', async () => {
    expect(await runTool('no-such-tool-of-porthor', [], { deadlineMs: 1000 })).toEqual({
      kind: 'missing',
      reason: 'no-such-tool-of-porthor is not installed',
    });
  });
});

describe('a deadline', () => {
  it('passes on an answer in time, rejections too, and drops a late one', async () => {
    expect(await withDeadline(Promise.resolve(7), 1000)).toEqual({ ok: true, value: 7 });
    await expect(withDeadline(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
    let rejectLate: (reason: Error) => void = () => undefined;
    const late = new Promise<number>((_resolve, reject) => {
      rejectLate = reject;
    });
    expect(await withDeadline(late, 1)).toEqual({ ok: false, error: 'late' });
    // An unhandled rejection would fail the run.
    rejectLate(new Error('too late'));
    await Promise.resolve();
  });
});

describe('the reason of a failure', () => {
  it('is short and holds the system’s error code', () => {
    const error = Object.assign(new Error('permission denied'), { code: 'EACCES' });
    expect(describeError(error)).toBe('EACCES: permission denied');
    expect(describeError(Object.assign(new Error('EACCES: open'), { code: 'EACCES' }))).toBe('EACCES: open');
    expect(describeError('x'.repeat(1000))).toHaveLength(300);
    // The text that Node adds holds the names of the user's folders.
    const denied = Object.assign(new Error("EACCES: permission denied, open '/home/sprys/My letter.odt'"), {
      code: 'EACCES',
      path: '/home/sprys/My letter.odt',
    });
    expect(describeError(denied)).toBe('EACCES');
    expect(describeError(undefined)).toBe('undefined');
  });
});
