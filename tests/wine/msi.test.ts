import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { propertyName } from '../../build/config/setting-names.ts';
import { buildMsi } from '../../build/msi/build-msi.ts';
import { run } from '../../build/runtime/child.ts';
import type { ManagedConfigAnswer } from '../../electron/platform/managed-config/managed-config-port.ts';
import { configEntries, defaultManagedConfig } from '../../shared/config/managed-config.ts';
import { bundleForWindows } from './support/run-case.ts';
import { installThroughLibrary, runCommandLine } from './support/windows-command.ts';
import { ensureWindowsNode, startWine, toWindowsPath, type Wine } from './support/wine.ts';

/** What msiexec answers. */
const success = 0;
const refused = 1603;

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
    const entry = fileURLToPath(new URL('support/stand-in-program.ts', import.meta.url));
    await bundleForWindows(entry, path.join(payload, 'resources', 'app'));
    await cp(await ensureWindowsNode(), path.join(payload, 'Porthor.exe'));
    for (const version of ['1.0.0', '1.1.0']) {
      await buildMsi({ payloadFolder: payload, outputFile: msi(version), version });
    }
    wine = await startWine();
    programs = path.join(wine.driveC, 'Program Files');
  });

  afterEach(async () => {
    for (const version of ['1.1.0', '1.0.0']) await msiexec(`/x "${toWindowsPath(msi(version))}" /qn`);
  });

  afterAll(async () => {
    // Undefined when the preparation failed, whose error is the one to read.
    await (wine as Wine | undefined)?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const msiexec = (line: string) => runCommandLine(wine, folder, 'msiexec.exe', line);
  const install = (version: string, properties = '') =>
    msiexec(`/i "${toWindowsPath(msi(version))}" /qn ${properties}`);

  const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const installQuoted = (version: string, properties: string) =>
    installThroughLibrary(
      wine,
      folder,
      path.join(folder, 'payload', 'resources', 'app'),
      msi(version),
      properties,
    );

  /** The real adapter's answer, read by the program that was installed. */
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

  /** Everybody's on Windows; Wine puts it into the Start menu of whoever installs. */
  const findShortcuts = async (): Promise<readonly string[]> => {
    const menu = 'Microsoft/Windows/Start Menu/Programs';
    const menus = [`ProgramData/${menu}`, `users/${os.userInfo().username}/AppData/Roaming/${menu}`];
    const found = await Promise.all(
      menus.map((folder) => readdir(path.join(wine.driveC, folder)).catch(() => [])),
    );
    return found.flat().filter((name) => name === 'Porthor.lnk');
  };

  const query = async (key: string): Promise<string> => (await wine.run('reg', ['query', key, '/s'])).output;

  it('installs in silence, and the installed program reads what it was told', async () => {
    const told = [
      'SITENAME="Ysgol Llanfair"',
      'COLLECTORURL=https://porthor.ysgol.example',
      'CONTACTPHONE="01632 960123"',
      'IDLELOCKAFTERSECONDS=420',
      'GATEENABLED=0',
      'MEDIAMODE=audit',
    ];
    expect(await install('1.0.0', told.join(' '))).toBe(success);
    expect(await readConfig('1.0.0')).toMatchObject({
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
    const program = 'C:\\Program Files\\Porthor\\app-1.0.0\\Porthor.exe';
    expect(await query('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run')).toContain(`"${program}"`);
    expect(await query('HKLM\\SOFTWARE\\Porthor')).toMatch(/Version\s+REG_SZ\s+1\.0\.0/u);
    expect(await findShortcuts()).toHaveLength(1);
    const templates = path.join(programs, 'Porthor', 'PolicyDefinitions');
    expect((await readdir(templates, { recursive: true })).toSorted()).toEqual(
      ['cy-GB', 'en-GB', 'en-US']
        .flatMap((language) => [language, path.join(language, 'porthor.adml')])
        .concat('porthor.admx')
        .toSorted(),
    );
  });

  it('has tables that say what Windows itself has to know', async () => {
    const table = async (name: string): Promise<readonly (readonly string[])[]> => {
      const { stdout, status } = await run('msiinfo', ['export', msi('1.1.0'), name]);
      expect(status, name).toBe(0);
      return stdout.split(/\r?\n/).map((line) => line.split('\t'));
    };
    const properties = new Map((await table('Property')).map(([name, value]) => [name, value]));
    expect(properties.get('ALLUSERS')).toBe('1');
    expect(properties.get('ProductVersion')).toBe('1.1.0');
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
    // 51 sets a property; WiX and wixl differ in a flag for deferred actions that has no meaning here.
    const types = (await table('CustomAction'))
      .slice(3)
      .flatMap(([name, type]) => (name === '' ? [] : [Number(type) % 2048]));
    expect(new Set(types)).toEqual(new Set([51]));
  });

  it('without properties it leaves every default as it is', async () => {
    expect(await install('1.0.0')).toBe(success);
    expect(await readConfig('1.0.0')).toEqual({ kind: 'absent' });
  });

  it('Group Policy has the first word', async () => {
    expect(await install('1.0.0', 'SITENAME=Installed')).toBe(success);
    const policies = 'HKLM\\SOFTWARE\\Policies\\Porthor';
    await wine.run('reg', ['add', policies, '/v', 'siteName', '/d', 'Policy', '/f']);
    try {
      expect(await readConfig('1.0.0')).toMatchObject({ from: policies, config: { siteName: 'Policy' } });
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
  ])('%s arrive as they were given', async (_what, value) => {
    expect(await installQuoted('1.0.0', `SITENAME=${quote(value)}`)).toBe(success);
    expect(await readConfig('1.0.0')).toMatchObject({
      kind: 'loaded',
      config: { ...defaultManagedConfig, siteName: value },
    });
  });

  it('two thousand characters arrive', async () => {
    const list = Array.from({ length: 24 }, (_unused, index) => ({
      vendorId: '0951',
      productId: '1666',
      serial: `60A44C4138${index}`,
      label: `Office & Tŷ ${index}`,
    }));
    const value = JSON.stringify(list);
    expect(value.length).toBeGreaterThan(2000);
    expect(await installQuoted('1.0.0', `MEDIAAPPROVED=${quote(value)}`)).toBe(success);
    expect(await readConfig('1.0.0')).toMatchObject({
      kind: 'loaded',
      config: { media: { approved: list } },
    });
  });

  it.each(['IDLELOCKAFTERSECONDS=5', 'IDLELOCKAFTERSECONDS=ten', 'GATEENABLED=yes', 'MEDIAMODE=Warn'])(
    'refuses %s before it changes anything',
    async (property) => {
      expect(await install('1.0.0', property)).toBe(refused);
      expect(await exists(appFolder('1.0.0'))).toBe(false);
    },
  );

  it('upgrades over a running program and keeps what was told; an older version is refused', async () => {
    expect(await install('1.0.0', 'SITENAME="Ysgol & Co" IDLELOCKAFTERSECONDS=420')).toBe(success);
    const old = appFolder('1.0.0');
    const resultFile = path.join(folder, 'running.json');
    const running = await wine.start(toWindowsPath(path.join(old, 'Porthor.exe')), [
      toWindowsPath(path.join(old, 'resources', 'app', 'main.js')),
      toWindowsPath(resultFile),
      '--stay',
    ]);
    await expect.poll(() => exists(resultFile), { timeout: 30_000 }).toBe(true);

    expect(await install('1.1.0', 'IDLELOCKAFTERSECONDS=480')).toBe(success);
    expect(await readConfig('1.1.0')).toMatchObject({
      config: { siteName: 'Ysgol & Co', idle: { lockAfterSeconds: 480 } },
    });
    expect(await query('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run')).toContain('app-1.1.0');
    // The old program was neither ended nor overwritten.
    expect(await Promise.race([running.exited, Promise.resolve('runs')])).toBe('runs');

    expect(await install('1.0.0')).toBe(refused);
    expect(await query('HKLM\\SOFTWARE\\Porthor')).toMatch(/Version\s+REG_SZ\s+1\.1\.0/u);
    await wine.run('taskkill', ['/f', '/im', 'Porthor.exe']);
    await running.exited;
  });

  it('forgets what it was told when it is asked to', async () => {
    await install('1.0.0', 'SITENAME=Old CONTACTNAME=Old');
    expect(await install('1.1.0', 'FORGETSETTINGS=1 SITENAME=New')).toBe(success);
    expect(await readConfig('1.1.0')).toMatchObject({ config: { siteName: 'New', contact: { name: '' } } });
  });

  it('repairs a file that was deleted, and takes new settings on the way', async () => {
    await install('1.0.0', 'SITENAME="#1 School"');
    const lost = path.join(appFolder('1.0.0'), 'resources', 'app', 'main.js');
    await rm(lost);
    const repair = 'REINSTALL=ALL REINSTALLMODE=amus';
    expect(await install('1.0.0', repair)).toBe(success);
    expect(await exists(lost)).toBe(true);
    expect(await readConfig('1.0.0')).toMatchObject({ config: { siteName: '#1 School' } });
    expect(await install('1.0.0', `${repair} CONTACTNAME=Nia`)).toBe(success);
    expect(await readConfig('1.0.0')).toMatchObject({
      config: { siteName: '#1 School', contact: { name: 'Nia' } },
    });
  });

  it('leaves nothing but the state when it is removed', async () => {
    await install('1.0.0', 'SITENAME=Ysgol');
    const state = path.join(wine.driveC, `users/${os.userInfo().username}/AppData/Roaming/Porthor/state`);
    await mkdir(state, { recursive: true });
    expect(await msiexec(`/x "${toWindowsPath(msi('1.0.0'))}" /qn`)).toBe(success);
    // Wine leaves the empty folder behind.
    const left = await readdir(path.join(programs, 'Porthor'), { recursive: true }).catch(() => []);
    expect(left).toEqual([]);
    expect(await exists(state)).toBe(true);
    expect(await query('HKLM\\SOFTWARE\\Porthor')).not.toContain('REG_SZ');
    expect(await query('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run')).not.toContain('Porthor');
    expect(await findShortcuts()).toEqual([]);
  });
});
