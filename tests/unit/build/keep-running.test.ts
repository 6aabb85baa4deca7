/** The watchdog of the Debian package starts the agent on X11 wherever there is one, in a Wayland session too. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../../../build/runtime/child.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';

/** Runs the installed script with a program that notes its arguments and ends normally. */
async function argumentsOf(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'porthor-keep-running-'));
  try {
    const script = path.join(root, 'usr/lib/porthor/keep-running');
    const program = path.join(root, 'opt/Porthor/porthor');
    await mkdir(path.dirname(script), { recursive: true });
    await mkdir(path.dirname(program), { recursive: true });
    await cp(path.join(projectRoot, 'build/package/keep-running.sh'), script);
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > ${root}/arguments\n`);
    await chmod(program, 0o755);
    const ended = await run('/bin/sh', [script, '--language=cy'], {
      env: { PATH: '/usr/bin:/bin', ...environment },
      deadlineMs: 30_000,
    });
    expect(ended.status).toBe(0);
    return (await readFile(path.join(root, 'arguments'), 'utf8')).trim().split('\n');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

it('names X11 on the command line where a server of it is there', async () => {
  expect(
    await argumentsOf({ DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0', XDG_SESSION_TYPE: 'wayland' }),
  ).toEqual(['--at-logon', '--kept=2', '--ozone-platform=x11', '--language=cy']);
});

it('leaves the choice to the runtime where there is none', async () => {
  expect(await argumentsOf({ WAYLAND_DISPLAY: 'wayland-0' })).toEqual([
    '--at-logon',
    '--kept=2',
    '--language=cy',
  ]);
});
