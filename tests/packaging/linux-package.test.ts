import { type ChildProcess, spawn } from 'node:child_process';
import {
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { type Display, startDisplay } from '../../build/dev/display.ts';
import { stageApp } from '../../build/package/stage-app.ts';
import { run } from '../../build/runtime/child.ts';
import { ensureRuntime, type Runtime } from '../../build/runtime/ensure-runtime.ts';
import { exclusively } from '../../build/runtime/exclusive.ts';
import { projectRoot, scratchFolder } from '../../build/runtime/paths.ts';
import { isRoot, packagesLockName } from '../../build/runtime/system-packages.ts';
import { selfCheckReportSchema } from '../../shared/self-check/report.ts';

const policyTitleSchema = z.object({ title: z.object({ 'en-GB': z.string() }) });

const nobody = 65_534;
const megabyte = 1024 * 1024;
/** Bytes that the application may add to the bare runtime. */
const maximumApplicationBytes = 8 * megabyte;

const exists = async (file: string) => (await stat(file).catch(() => undefined)) !== undefined;

const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
};

/** The agent's main process among the watchdog's children; 0 if there is none. */
const agentUnder = async ({ pid }: ChildProcess): Promise<number> => {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of children.split(' ').filter((id) => id !== '')) {
    const program = await readlink(`/proc/${child}/exe`).catch(() => '');
    if (program.endsWith('/opt/Porthor/porthor')) return Number(child);
  }
  return 0;
};

const endGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
};

/** All text below a folder; empty if the folder does not exist. */
const readAll = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const texts = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(path.join(entry.parentPath, entry.name), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).join('\n');
};

describe('the Windows package', () => {
  /** Electron for Windows is not available everywhere; the content of its archive is. */
  it.each([
    ['win32', 'x64'],
    ['win32-arm64', 'arm64'],
  ] as const)('for %s holds libraries for Windows on %s only, in less than 8 MB', async (target, arch) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'porthor-stage-'));
    try {
      await ensureBuild();
      await stageApp(target, folder);
      const libraries = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.node'));
      expect(libraries.toSorted()).toEqual([
        `native/@koromix/koffi-win32-${arch}/win32_${arch}/koffi.node`,
        `native/@node-usb/usb-win32-${arch}-msvc/usb.win32-${arch}-msvc.node`,
      ]);
      const licences = await readFile(path.join(folder, 'THIRD-PARTY-LICENCES.txt'), 'utf8');
      expect(licences).toContain(`@node-usb/usb-win32-${arch}-msvc `);
      expect(licences).not.toContain('linux');
      const bytes = await sizeOf(folder);
      console.log(`application for ${target}: ${(bytes / megabyte).toFixed(2)} MB`);
      expect(bytes).toBeLessThan(maximumApplicationBytes);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the Linux package, packed with the verification runtime', () => {
  let folder: string;
  let output: string;
  let packed: string;
  let runtime: Runtime;
  let display: Display;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-packaging-'));
    runtime = await ensureRuntime();
    // Without the default app, which the official Electron does not have there either.
    const electronFolder = path.join(folder, 'electron');
    await cp(path.dirname(runtime.executablePath), electronFolder, { recursive: true });
    await rm(path.join(electronFolder, 'resources', 'app'), { recursive: true, force: true });
    output = path.join(folder, 'output');
    const { VITEST: _vitest, ...env } = process.env;
    const result = await run(
      process.execPath,
      [
        'build/package/dist.ts',
        '--target=linux',
        `--output=${output}`,
        `--verification-electron=${electronFolder}@${runtime.electronVersion}`,
      ],
      { cwd: projectRoot, env, deadlineMs: 300_000 },
    );
    if (result.status !== 0) throw new Error(`dist: ${result.stdout}\n${result.stderr}`);
    packed = path.join(output, 'linux-unpacked');
    display = await startDisplay();
  });

  afterAll(async () => {
    await (display as Display | undefined)?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is marked as not for shipping', async () => {
    expect(await readFile(path.join(packed, 'NOT-FOR-SHIPPING.txt'), 'utf8')).toContain('Do not ship');
  });

  it('has its fuses set', async () => {
    const fuses = await getCurrentFuseWire(path.join(packed, 'porthor'));
    expect({
      runAsNode: fuses[FuseV1Options.RunAsNode],
      nodeOptions: fuses[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
      inspect: fuses[FuseV1Options.EnableNodeCliInspectArguments],
      integrity: fuses[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
      onlyAsar: fuses[FuseV1Options.OnlyLoadAppFromAsar],
      fileProtocol: fuses[FuseV1Options.GrantFileProtocolExtraPrivileges],
    }).toEqual({
      runAsNode: FuseState.DISABLE,
      nodeOptions: FuseState.DISABLE,
      inspect: FuseState.DISABLE,
      integrity: FuseState.ENABLE,
      onlyAsar: FuseState.ENABLE,
      fileProtocol: FuseState.DISABLE,
    });
  });

  it('holds only what the agent needs, in less than 8 MB', async () => {
    const archive = path.join(packed, 'resources', 'app.asar');
    const files = listPackage(archive, { isPack: false }).map((file) => file.replace(/^\//, ''));
    for (const needed of [
      'package.json',
      'LICENSE',
      'THIRD-PARTY-LICENCES.txt',
      'dist/main/main.js',
      'dist/preload/gate.cjs',
      'dist/renderer/gate.html',
      'assets/policies/staff/policy.json',
      'node_modules/koffi/src/koffi/index.js',
      'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node',
      'node_modules/@node-usb/usb-linux-x64-gnu/usb.linux-x64-gnu.node',
    ]) {
      expect(files).toContain(needed);
    }
    expect(
      files.filter((file) => /\.(map|ts|tsx|d\.ts|md~)$|(^|\/)(tests?|src\/koffi\/src)\//.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => /^node_modules\/.*(musl|win32|darwin)/.test(file))).toEqual([]);
    const libraries = path.join(packed, 'resources', 'app.asar.unpacked');
    expect(
      (await readdir(libraries, { recursive: true })).filter((file) => file.endsWith('.node')),
    ).toHaveLength(2);
    const bytes = (await sizeOf(libraries)) + (await stat(archive)).size;
    console.log(`application: ${(bytes / megabyte).toFixed(2)} MB over the bare runtime`);
    expect(bytes).toBeLessThan(maximumApplicationBytes);
  });

  it('comes with a bill of materials and the licence of every listed package', async () => {
    const manifest = JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    const text = await readFile(path.join(output, `porthor-${manifest.version}-linux.cdx.json`), 'utf8');
    const bill = JSON.parse(text) as {
      bomFormat: string;
      specVersion: string;
      components: { name: string; version: string; purl: string; hashes?: { content: string }[] }[];
    };
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const names = bill.components.map(({ name }) => name);
    for (const name of ['electron', 'react', 'zod', 'koffi', 'usb', '@koromix/koffi-linux-x64']) {
      expect(names).toContain(name);
    }
    const licences = await readFile(path.join(scratchFolder, 'stage/linux/THIRD-PARTY-LICENCES.txt'), 'utf8');
    for (const { name, version, purl, hashes } of bill.components) {
      expect(purl).toMatch(/^pkg:npm\/\S+@\S+$/);
      if (name === 'electron') continue;
      expect(hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
      expect(licences).toContain(`${name} ${version}\nLicence: `);
    }
    expect(licences).not.toMatch(/https?:\/\/[^\s]*registry/);
  });

  const launchArgs = ['--no-sandbox'];

  it('refuses to run as plain Node', async () => {
    const result = await run(path.join(packed, 'porthor'), ['-e', 'console.log("ran as " + "node")'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', DISPLAY: '' },
      deadlineMs: 20_000,
    });
    expect(result.stdout).not.toContain('ran as node');
  });

  it('opens no debugging port', async () => {
    const profile = path.join(folder, 'driven');
    const child = spawn(
      path.join(packed, 'porthor'),
      [...launchArgs, `--user-data-dir=${profile}`, '--remote-debugging-port=0'],
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env: display.env },
    );
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
    });
    try {
      await expect
        .poll(() => readAll(path.join(profile, 'state')), { timeout: 40_000, interval: 500 })
        .toContain('porthor.agent.started.v1');
      expect(said).not.toContain('DevTools listening');
      expect(await exists(path.join(profile, 'DevToolsActivePort'))).toBe(false);
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }
  });

  it('runs the self-check without a display, and keeps no data of it', async () => {
    const home = path.join(folder, 'self-check-home');
    const temporary = path.join(folder, 'self-check-temporary');
    await Promise.all([mkdir(home), mkdir(temporary)]);
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    const options = ['--ozone-platform=headless', '--self-check', '--json'];
    const result = await run(path.join(packed, 'porthor'), [...launchArgs, ...options], {
      env: { ...env, HOME: home, XDG_CONFIG_HOME: path.join(home, '.config'), TMPDIR: temporary },
      deadlineMs: 60_000,
    });
    const report = selfCheckReportSchema.parse(JSON.parse(result.stdout));
    expect(result.status).toBe({ ok: 0, degraded: 1, failed: 2 }[report.result]);
    const found = Object.fromEntries(report.items.map(({ name, ...item }) => [name, item]));
    expect(found).toMatchObject({ display: { finding: 'display-absent' }, records: { outcome: 'ok' } });
    // The native libraries load from the folder beside the archive.
    expect(found['usb']?.detail).not.toContain('binding');
    const left = await readdir(temporary, { recursive: true });
    expect(left.filter((file) => /network|cache|cookies/iu.test(file))).toEqual([]);
    expect(await exists(path.join(home, '.config/Porthor/state'))).toBe(false);
  });

  it('does not start an app folder that replaces its archive', async () => {
    const resources = path.join(packed, 'resources');
    const aside = path.join(folder, 'app.asar');
    const marker = path.join(folder, 'stranger-ran');
    await rename(path.join(resources, 'app.asar'), aside);
    await mkdir(path.join(resources, 'app'));
    await writeFile(path.join(resources, 'app', 'package.json'), '{"main":"main.js"}');
    await writeFile(
      path.join(resources, 'app', 'main.js'),
      `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); process.exit(0);`,
    );
    try {
      const result = await run(path.join(packed, 'porthor'), launchArgs, {
        env: display.env,
        deadlineMs: 20_000,
      });
      expect(result.status).not.toBe(0);
      expect(await exists(marker)).toBe(false);
    } finally {
      await rm(path.join(resources, 'app'), { recursive: true });
      await rename(aside, path.join(resources, 'app.asar'));
    }
  });

  const until = { timeout: 40_000, interval: 250 };

  /** The watchdog restarts the agent after every crash; the crash limit opens the gate; a requested end is final. */
  const killAgainAndAgain = async (
    watchdog: ChildProcess,
    windows: () => Promise<string>,
    log: string,
  ): Promise<void> => {
    const openings = async () =>
      (await readFile(log, 'utf8').catch(() => '')).match(/gate: open: .*/g)?.map((line) => line.slice(12)) ??
      [];
    let last = 0;
    for (let death = 1; death <= 3; death += 1) {
      await expect.poll(() => agentUnder(watchdog), until).not.toBe(last);
      await expect.poll(windows, until).toMatch(/^\d+/);
      expect(await openings()).toEqual([]);
      last = await agentUnder(watchdog);
      process.kill(last, 'SIGKILL');
      await expect.poll(windows, until).toBe('');
    }
    await expect.poll(openings, until).toEqual(['crash-limit']);
    process.kill(await agentUnder(watchdog), 'SIGKILL');
    await expect.poll(openings, until).toEqual(['crash-limit', 'crash-limit']);
    expect(await windows()).toBe('');
    process.kill(await agentUnder(watchdog), 'SIGTERM');
    await expect.poll(() => watchdog.exitCode, until).toBe(0);
  };

  /** `dpkg` fails at once while another command changes packages. */
  const changePackages = (...args: readonly string[]) =>
    exclusively(packagesLockName, () => run('dpkg', args, { deadlineMs: 120_000 }));

  /** Installing changes this machine, so only a machine for that purpose does it. */
  const mayInstall = isRoot() && process.env['CI'] !== undefined;

  it.skipIf(!isRoot())(
    'installs, shows the gate to a user, restarts after a crash, and is removed',
    async () => {
      const [deb] = (await readdir(output)).filter((file) => file.endsWith('.deb'));
      if (deb === undefined) throw new Error('there is no Debian package');
      const file = path.join(output, deb);
      const root = mayInstall ? '/' : path.join(folder, 'root');
      if (mayInstall) {
        const installed = await changePackages('-i', file);
        expect(installed.status, installed.stderr).toBe(0);
      } else {
        console.log('NOT INSTALLED on this machine: unpacked only. With CI=true it is installed by dpkg.');
        await mkdir(root);
        expect((await run('dpkg-deb', ['-x', file, root])).status).toBe(0);
      }
      const home = await mkdtemp(path.join(tmpdir(), 'porthor-user-'));
      await chown(home, nobody, nobody);
      const program = path.join(root, 'usr/lib/porthor/keep-running');
      try {
        expect(await readFile(path.join(root, 'etc/xdg/autostart/porthor.desktop'), 'utf8')).toContain(
          'Exec=/usr/lib/porthor/keep-running',
        );
        const sandbox = await stat(path.join(root, 'opt/Porthor/chrome-sandbox'));
        expect(sandbox.mode & 0o7777).toBe(0o4755);
        expect(sandbox.uid).toBe(0);
        // The folder of this test is closed to others; a real installation is not.
        if (!mayInstall) await run('chmod', ['755', folder]);
        const child = spawn(program, mayInstall ? [] : launchArgs, {
          uid: nobody,
          gid: nobody,
          cwd: home,
          stdio: 'ignore',
          detached: true,
          env: { ...display.env, HOME: home, USER: 'nobody', XDG_CONFIG_HOME: path.join(home, '.config') },
        });
        try {
          const policy = await readFile(path.join(projectRoot, 'assets/policies/staff/policy.json'), 'utf8');
          const title = policyTitleSchema.parse(JSON.parse(policy)).title['en-GB'];
          const windows = async () =>
            (await run('xdotool', ['search', '--onlyvisible', '--name', title], { env: display.env })).stdout;
          await expect.poll(windows, { timeout: 40_000, interval: 500 }).toMatch(/^\d+/);
          const log = path.join(home, '.config/Porthor/logs/agent.log');
          const shot = path.join(scratchFolder, 'screenshots', 'installed-package.png');
          await mkdir(path.dirname(shot), { recursive: true });
          // The agent reports its start after the gate is painted.
          const state = path.join(home, '.config/Porthor/state');
          await expect
            .poll(() => readAll(state), { timeout: 40_000, interval: 500 })
            .toContain('porthor.agent.started.v1');
          await display.screenshot(shot);
          console.log(`screenshot: ${shot}`);
          expect(await readFile(log, 'utf8').catch(() => '')).not.toMatch(/ended:/);
          await killAgainAndAgain(child, windows, log);
        } finally {
          endGroup(child);
        }
      } finally {
        await rm(home, { recursive: true, force: true, maxRetries: 5 });
        if (mayInstall) {
          const removed = await changePackages('-P', 'porthor');
          expect(removed.status, removed.stderr).toBe(0);
          expect(await exists('/opt/Porthor')).toBe(false);
          expect(await exists('/etc/xdg/autostart/porthor.desktop')).toBe(false);
          expect(await exists('/usr/bin/porthor')).toBe(false);
        }
      }
    },
  );
});
