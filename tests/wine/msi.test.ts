import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dottedName, propertyName } from '../../build/config/setting-names.ts';
import { buildMsi } from '../../build/msi/build-msi.ts';
import { run } from '../../build/runtime/child.ts';
import type { ManagedConfigAnswer } from '../../electron/platform/managed-config/managed-config-port.ts';
import {
  type ConfigEntry,
  configEntries,
  defaultManagedConfig,
  type ManagedConfig,
} from '../../shared/config/managed-config.ts';
import { bundleForWindows } from '../support/wine/run-case.ts';
import { readQuotedLists, readTechnicianLines } from '../support/wine/technician-lines.ts';
import { installThroughLibrary, runCommandLine } from '../support/wine/windows-command.ts';
import { ensureWindowsNode, startWine, toWindowsPath, type Wine } from '../support/wine/wine.ts';

/** Exit codes of msiexec. */
const success = 0;
const refused = 1603;

const technicianLines = await readTechnicianLines();

const valueAt = (config: ManagedConfig, { path: keys }: Pick<ConfigEntry, 'path'>): unknown =>
  keys.reduce<unknown>((value, key) => Object(value)[key], config);

const exists = async (file: string) => (await stat(file).catch(() => undefined)) !== undefined;

describe('the installer under Wine', () => {
  let wine: Wine;
  let folder: string;
  let programs: string;
  const msi = (version: string) => path.join(folder, `porthor-${version}.msi`);
  const appFolder = (version: string) => path.join(programs, 'Porthor', `app-${version}`);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-msi-test-'));
    const payload = path.join(folder, 'payload');
    const entry = fileURLToPath(new URL('../support/wine/stand-in-program.ts', import.meta.url));
    await bundleForWindows(entry, path.join(payload, 'resources', 'app'));
    await cp(await ensureWindowsNode(), path.join(payload, 'Porthor.exe'));
    for (const version of ['0.1.0', '0.2.0']) {
      await buildMsi({ payloadFolder: payload, outputFile: msi(version), version });
    }
    wine = await startWine();
    programs = path.join(wine.driveC, 'Program Files');
    // The installer registers a task, which needs Wine's scheduler.
    await wine.settle();
  });

  afterEach(async () => {
    for (const version of ['0.2.0', '0.1.0'])
      await msiexec(`/x "${toWindowsPath(msi(version))}" /qn /norestart`);
  });

  afterAll(async () => {
    // Undefined when the preparation failed; its error is the one to read.
    await (wine as Wine | undefined)?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  /** Names of the tasks in Wine's scheduler, which keeps only a part of a task's settings. */
  const tasks = async () =>
    (await readdir(path.join(wine.driveC, 'windows/system32/tasks')).catch(() => [])).toSorted();
  const bothTasks = ['Porthor', 'Porthor at logon'];
  const runInstalled = async (version: string, name: string) => {
    const resultFile = path.join(folder, `${name}.json`);
    await rm(resultFile, { force: true });
    const running = await wine.start(toWindowsPath(path.join(appFolder(version), 'Porthor.exe')), [
      toWindowsPath(path.join(appFolder(version), 'resources', 'app', 'main.js')),
      toWindowsPath(resultFile),
      '--stay',
    ]);
    await expect.poll(() => exists(resultFile), { timeout: 30_000 }).toBe(true);
    return running;
  };
  const stillRuns = (running: { readonly exited: Promise<unknown> }) =>
    Promise.race([running.exited.then(() => false), Promise.resolve(true)]);

  const msiexec = (line: string) => runCommandLine(wine, folder, 'msiexec.exe', line);
  const install = (version: string, properties = '') =>
    msiexec(`/i "${toWindowsPath(msi(version))}" /qn /norestart ${properties}`);

  const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const installQuoted = (version: string, properties: string) =>
    installThroughLibrary(
      wine,
      folder,
      path.join(folder, 'payload', 'resources', 'app'),
      msi(version),
      properties,
    );

  /** The real adapter's answer in the installed program. */
  const readConfig = async (version: string): Promise<ManagedConfigAnswer> => {
    const resultFile = path.join(folder, 'config-answer.json');
    await rm(resultFile, { force: true });
    const program = toWindowsPath(path.join(appFolder(version), 'Porthor.exe'));
    const script = toWindowsPath(path.join(appFolder(version), 'resources', 'app', 'main.js'));
    const { output } = await wine.run(program, [script, toWindowsPath(resultFile)]);
    const text = await readFile(resultFile, 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`the installed program wrote nothing:\n${output}`);
    return JSON.parse(text) as ManagedConfigAnswer;
  };

  /** For all users on Windows; Wine puts it into the installing user's Start menu. */
  const findShortcuts = async (): Promise<readonly string[]> => {
    const menu = 'Microsoft/Windows/Start Menu/Programs';
    const menus = [`ProgramData/${menu}`, `users/${os.userInfo().username}/AppData/Roaming/${menu}`];
    const found = await Promise.all(
      menus.map((folder) => readdir(path.join(wine.driveC, folder)).catch(() => [])),
    );
    return found.flat().filter((name) => name === 'Porthor.lnk');
  };

  const query = async (key: string): Promise<string> => (await wine.run('reg', ['query', key, '/s'])).output;

  it('installs silently, and the installed program reads its properties', async () => {
    const told = [
      'SITENAME="Ysgol Llanfair"',
      'COLLECTORURL=https://porthor.ysgol.example',
      'CONTACTPHONE="01632 960123"',
      'IDLELOCKAFTERSECONDS=420',
      'GATEENABLED=0',
      'MEDIAMODE=audit',
    ];
    expect(await install('0.1.0', told.join(' '))).toBe(success);
    expect(await readConfig('0.1.0')).toMatchObject({
      kind: 'loaded',
      from: 'HKLM\\SOFTWARE\\Porthor\\Setup',
      config: {
        siteName: 'Ysgol Llanfair',
        collectorUrl: 'https://porthor.ysgol.example',
        contact: { phone: '01632 960123' },
        idle: { lockAfterSeconds: 420, warningSeconds: 30 },
        gate: { enabled: false },
        media: { mode: 'audit' },
      },
    });
    const program = 'C:\\Program Files\\Porthor\\app-0.1.0\\porthor-watchdog.exe';
    expect(await query('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run')).toContain(
      `"${program}" --at-logon`,
    );
    expect(await tasks()).toEqual(bothTasks);
    for (const file of ['keep-running.xml', 'at-logon.xml']) {
      const task = (await readFile(path.join(appFolder('0.1.0'), file))).toString('utf16le');
      expect(task).toContain('<Command>%ProgramFiles%\\Porthor\\app-0.1.0\\porthor-watchdog.exe</Command>');
    }
    expect(await exists(path.join(appFolder('0.1.0'), 'porthor-watchdog.exe'))).toBe(true);
    // Group Policy names this one, so its path is the same in every version.
    expect(await exists(path.join(programs, 'Porthor', 'porthor-before-desktop.exe'))).toBe(true);
    expect(await query('HKLM\\SOFTWARE\\Porthor')).toMatch(/Version\s+REG_SZ\s+0\.1\.0/u);
    expect(await findShortcuts()).toHaveLength(1);
    const templates = path.join(programs, 'Porthor', 'PolicyDefinitions');
    expect((await readdir(templates, { recursive: true })).toSorted()).toEqual(
      ['cy-GB', 'en-GB', 'en-US']
        .flatMap((language) => [language, path.join(language, 'porthor.adml')])
        .concat('porthor.admx')
        .toSorted(),
    );
  });

  it('has the tables that Windows needs', async () => {
    const table = async (name: string): Promise<readonly (readonly string[])[]> => {
      const { stdout, status } = await run('msiinfo', ['export', msi('0.2.0'), name]);
      expect(status, name).toBe(0);
      return stdout.split(/\r?\n/).map((line) => line.split('\t'));
    };
    const properties = new Map((await table('Property')).map(([name, value]) => [name, value]));
    expect(properties.get('ALLUSERS')).toBe('1');
    expect(properties.get('ProductVersion')).toBe('0.2.0');
    // No installation restarts a PC by itself.
    expect(properties.get('REBOOT')).toBe('ReallySuppress');
    expect(properties.get('UpgradeCode')).toBe('{5C2B1B0E-6C2E-4E4B-8B1F-3B0E6E0C7A11}');
    expect(properties.get('MsiHiddenProperties')?.split(';')).toContain('ENROLMENTTOKEN');
    const secure = properties.get('SecureCustomProperties')?.split(';') ?? [];
    for (const entry of configEntries()) expect(secure).toContain(propertyName(entry));
    expect(await table('MsiShortcutProperty')).toContainEqual([
      'ShortcutProperty1',
      'Porthor',
      'System.AppUserModel.ID',
      'Porthor.Agent',
    ]);
    const upgrades = await table('Upgrade');
    expect(upgrades.some((row) => row.includes('WIX_UPGRADE_DETECTED'))).toBe(true);
    expect(upgrades.some((row) => row.includes('WIX_DOWNGRADE_DETECTED'))).toBe(true);
    const sequence = new Map(
      (await table('InstallExecuteSequence')).map(([name, , at]) => [name, Number(at)]),
    );
    const at = (action: string) => sequence.get(action) ?? Number.NaN;
    expect(at('RemoveExistingProducts')).toBe(at('InstallInitialize') + 1);
    for (const entry of configEntries()) {
      const taken = at(`Take_${propertyName(entry)}`);
      expect(taken).toBeGreaterThan(at('AppSearch'));
      expect(taken).toBeLessThan(at('LaunchConditions'));
    }
    // 51 sets a property; WiX and wixl differ in a flag for deferred actions that has no meaning here. 34 runs a
    // command; 64 goes on when it fails, 1024 is deferred, 256 more for a rollback, 2048 as the system.
    const actions = (await table('CustomAction')).slice(3).filter(([name]) => name !== '');
    const commands = actions.filter(([name]) => name?.startsWith('Take_') === false);
    const types = actions.filter((row) => !commands.includes(row)).map(([, type]) => Number(type) % 2048);
    expect(new Set(types)).toEqual(new Set([51]));
    const deferred = String(34 + 64 + 1024 + 2048);
    const onRollback = String(34 + 64 + 1024 + 2048 + 256);
    expect(Object.fromEntries(commands.map(([name, type]) => [name, type]))).toEqual({
      RestoreAgainTask: onRollback,
      RestoreLogonTask: onRollback,
      DeleteAgainTask: deferred,
      DeleteLogonTask: deferred,
      EndAgents: deferred,
      UndoCreateAgainTask: onRollback,
      CreateAgainTask: deferred,
      UndoCreateLogonTask: onRollback,
      CreateLogonTask: deferred,
    });
    for (const [name, , , command] of commands) {
      expect(command, name).toMatch(/^"\[System64Folder\](schtasks|taskkill)\.exe" /);
    }
    for (const which of ['Again', 'Logon']) {
      const order = [
        ...['InstallInitialize', `Restore${which}Task`, `Delete${which}Task`, 'EndAgents', 'RemoveFiles'],
        ...['InstallFiles', `UndoCreate${which}Task`, `Create${which}Task`, 'InstallFinalize'],
      ];
      const places = order.map(at);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it('keeps every default when it gets no properties', async () => {
    expect(await install('0.1.0')).toBe(success);
    expect(await readConfig('0.1.0')).toEqual({ kind: 'absent' });
  });

  it('gives Group Policy priority over its properties', async () => {
    expect(await install('0.1.0', 'SITENAME=Installed')).toBe(success);
    const policies = 'HKLM\\SOFTWARE\\Policies\\Porthor';
    await wine.run('reg', ['add', policies, '/v', 'siteName', '/d', 'Policy', '/f']);
    try {
      expect(await readConfig('0.1.0')).toMatchObject({ from: policies, config: { siteName: 'Policy' } });
    } finally {
      await wine.run('reg', ['delete', policies, '/f']);
    }
  });

  it.each([
    ['quotes', 'Ysgol "Y Bryn"'],
    ['an ampersand and Welsh letters', 'Tŷ Gwyn & Llŷn ŵ'],
    ['a number sign at the start', '#1 School'],
    ['what looks like a property', '[TARGETDIR] [~] {x}'],
    ['what looks like a variable', '%PATH% 50%'],
    ['semicolons, equals signs and backslashes', 'a;b=c\\d\\'],
    ['other properties', 'x /L*v c:\\log.txt REBOOT=Force'],
    ['only marks', '=='],
    ['other properties behind a quote', 'x" MEDIAMODE=off X="y'],
  ])('%s arrive unchanged', async (_what, value) => {
    expect(await installQuoted('0.1.0', `SITENAME=${quote(value)}`)).toBe(success);
    expect(await readConfig('0.1.0')).toMatchObject({
      kind: 'loaded',
      config: { ...defaultManagedConfig, siteName: value },
    });
  });

  it('two thousand characters arrive unchanged', async () => {
    const list = Array.from({ length: 24 }, (_unused, index) => ({
      vendorId: '0951',
      productId: '1666',
      serial: `60A44C4138${index}`,
      label: `Office & Tŷ ${index}`,
    }));
    const value = JSON.stringify(list);
    expect(value.length).toBeGreaterThan(2000);
    expect(await installQuoted('0.1.0', `MEDIAAPPROVED=${quote(value)}`)).toBe(success);
    expect(await readConfig('0.1.0')).toMatchObject({
      kind: 'loaded',
      config: { media: { approved: list } },
    });
  });

  it.each(['IDLELOCKAFTERSECONDS=5', 'IDLELOCKAFTERSECONDS=ten', 'GATEENABLED=yes', 'MEDIAMODE=Warn'])(
    'refuses %s before it changes anything',
    async (property) => {
      expect(await install('0.1.0', property)).toBe(refused);
      expect(await exists(appFolder('0.1.0'))).toBe(false);
    },
  );

  it('ends a running program, replaces its files and keeps the properties; refuses an older version', async () => {
    expect(await install('0.1.0', 'SITENAME="Ysgol & Co" IDLELOCKAFTERSECONDS=420')).toBe(success);
    const old = appFolder('0.1.0');
    const running = [await runInstalled('0.1.0', 'running'), await runInstalled('0.1.0', 'running-too')];
    expect(await Promise.all(running.map(stillRuns))).toEqual([true, true]);

    expect(await install('0.2.0', 'IDLELOCKAFTERSECONDS=480')).toBe(success);
    expect(await readConfig('0.2.0')).toMatchObject({
      config: { siteName: 'Ysgol & Co', idle: { lockAfterSeconds: 480 } },
    });
    expect(await query('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run')).toContain('app-0.2.0');
    await Promise.all(running.map(({ exited }) => exited));
    expect(await exists(path.join(old, 'Porthor.exe'))).toBe(false);
    expect(await tasks()).toEqual(bothTasks);

    expect(await install('0.1.0')).toBe(refused);
    expect(await query('HKLM\\SOFTWARE\\Porthor')).toMatch(/Version\s+REG_SZ\s+0\.2\.0/u);
    expect(await tasks()).toEqual(bothTasks);
  });

  it('installs Porthor even when it cannot register the task', async () => {
    const tool = path.join(wine.driveC, 'windows/system32/schtasks.exe');
    const aside = path.join(folder, 'schtasks.exe');
    await rename(tool, aside);
    await writeFile(tool, 'no program');
    try {
      expect(await install('0.1.0', 'SITENAME=Ysgol')).toBe(success);
      expect(await readConfig('0.1.0')).toMatchObject({ config: { siteName: 'Ysgol' } });
      expect(await tasks()).toEqual([]);
      expect(await msiexec(`/x "${toWindowsPath(msi('0.1.0'))}" /qn /norestart`)).toBe(success);
    } finally {
      await rename(aside, tool);
    }
  });

  it('forgets the earlier properties on request', async () => {
    await install('0.1.0', 'SITENAME=Old CONTACTNAME=Old');
    expect(await install('0.2.0', 'FORGETSETTINGS=1 SITENAME=New')).toBe(success);
    expect(await readConfig('0.2.0')).toMatchObject({ config: { siteName: 'New', contact: { name: '' } } });
  });

  it('repairs a deleted file, and accepts new settings in the same run', async () => {
    await install('0.1.0', 'SITENAME="#1 School"');
    const lost = path.join(appFolder('0.1.0'), 'resources', 'app', 'main.js');
    await rm(lost);
    const repair = 'REINSTALL=ALL REINSTALLMODE=amus';
    expect(await install('0.1.0', repair)).toBe(success);
    expect(await exists(lost)).toBe(true);
    expect(await readConfig('0.1.0')).toMatchObject({ config: { siteName: '#1 School' } });
    expect(await install('0.1.0', `${repair} CONTACTNAME=Nia`)).toBe(success);
    expect(await readConfig('0.1.0')).toMatchObject({
      config: { siteName: '#1 School', contact: { name: 'Nia' } },
    });
  });

  describe('the documented lines for technicians', () => {
    const before = 'SITENAME="Ysgol Cyn" IDLELOCKAFTERSECONDS=420';

    it.each(technicianLines.map((line) => [line.text, line] as const))('%s', async (text, line) => {
      if (line.needsInstalled !== undefined) expect(await install(line.needsInstalled, before)).toBe(success);
      const program = 'msiexec ';
      expect(await runCommandLine(wine, folder, 'msiexec.exe', text.slice(program.length), folder)).toBe(
        success,
      );

      const left = (['0.1.0', '0.2.0'] as const).map((version) => exists(appFolder(version)));
      expect(await Promise.all(left)).toEqual([line.leaves === '0.1.0', line.leaves === '0.2.0']);
      if (line.leaves === undefined) return;
      const kept = line.keepsSettings ? { siteName: 'Ysgol Cyn', 'idle.lockAfterSeconds': 420 } : {};
      const answer = await readConfig(line.leaves);
      if (answer.kind !== 'loaded' && !(answer.kind === 'absent' && line.settings.size === 0)) {
        throw new Error(`it was not read: ${JSON.stringify(answer)}`);
      }
      const config = answer.kind === 'loaded' ? answer.config : defaultManagedConfig;
      for (const entry of configEntries()) {
        const told = line.settings.get(propertyName(entry));
        const wanted =
          told ??
          new Map(Object.entries(kept)).get(dottedName(entry)) ??
          valueAt(defaultManagedConfig, entry);
        expect(String(valueAt(config, entry)), dottedName(entry)).toBe(String(wanted));
      }
    });

    it('a list with doubled quotes', async () => {
      const [list] = await readQuotedLists();
      expect(await installQuoted('0.1.0', list ?? '')).toBe(success);
      expect(await readConfig('0.1.0')).toMatchObject({
        config: { audience: { exclude: ['svc-*', 'kiosk'] } },
      });
    });
  });

  it('leaves only the state when a technician removes Porthor', async () => {
    await install('0.1.0', 'SITENAME=Ysgol');
    const state = path.join(wine.driveC, `users/${os.userInfo().username}/AppData/Roaming/Porthor/state`);
    await mkdir(state, { recursive: true });
    const running = await runInstalled('0.1.0', 'running-at-the-end');
    expect(await msiexec(`/x "${toWindowsPath(msi('0.1.0'))}" /qn /norestart`)).toBe(success);
    await running.exited;
    expect(await tasks()).toEqual([]);
    // Wine leaves the empty folder behind.
    const left = await readdir(path.join(programs, 'Porthor'), { recursive: true }).catch(() => []);
    expect(left).toEqual([]);
    expect(await exists(state)).toBe(true);
    expect(await query('HKLM\\SOFTWARE\\Porthor')).not.toContain('REG_SZ');
    expect(await query('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run')).not.toContain('Porthor');
    expect(await findShortcuts()).toEqual([]);
  });
});
