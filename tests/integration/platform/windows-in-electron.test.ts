/**
 * Every Windows adapter in a real Electron, on Linux, over a library that answers as a Windows PC does. Wine runs the
 * adapters in Node, which allows what Electron forbids.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildMain } from '../../../build/bundle/build.ts';
import { type Display, startDisplay } from '../../../build/dev/display.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';
import { type LaunchedElectron, launchElectron } from '../../support/launch-electron.ts';
import { buildWindowsLibrary } from '../../support/windows-library/windows-library.ts';

let display: Display;
let folder: string;
let electron: LaunchedElectron;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-windows-'));
  const app = path.join(folder, 'app');
  await buildMain(path.join(projectRoot, 'tests/fixtures/windows-probe/main.ts'), path.join(app, 'main'));
  await symlink(path.join(projectRoot, 'node_modules'), path.join(app, 'node_modules'));
  const manifest = { name: 'porthor-windows-probe', version: '0.0.0', type: 'module', main: 'main/main.js' };
  await writeFile(path.join(app, 'package.json'), JSON.stringify(manifest));
  const env = await buildWindowsLibrary(path.join(folder, 'library'));
  display = await startDisplay({ screens: [{ widthPx: 640, heightPx: 480 }] });
  electron = await launchElectron({ app, display, env, deadlineMs: 120_000 });
  // A bundler, a compiler, an X server and Electron: a busy machine takes minutes.
}, 300_000);

afterAll(async () => {
  await (electron as LaunchedElectron | undefined)?.close();
  await (display as Display | undefined)?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The files that a module loads, at once or later. */
async function findReached(file: string, reached = new Set<string>()): Promise<ReadonlySet<string>> {
  if (reached.has(file)) return reached;
  reached.add(file);
  const source = await readFile(file, 'utf8');
  for (const [, target] of source.matchAll(/(?:from|import\()\s*'(\.[^']+\.ts)'/gu)) {
    if (target !== undefined) await findReached(path.resolve(path.dirname(file), target), reached);
  }
  return reached;
}

test('the program of this test loads every adapter of Windows', async () => {
  const folderOf = path.join(projectRoot, 'electron');
  const there = (await readdir(folderOf, { recursive: true }))
    .filter((name) => name.endsWith('.win32.ts'))
    .map((name) => path.join(folderOf, name));
  const reached = await findReached(path.join(projectRoot, 'tests/fixtures/windows-probe/main.ts'));
  expect(there.filter((file) => !reached.has(file))).toEqual([]);
});

const stick = {
  key: 'disk 1',
  bus: 'usb',
  kind: 'disk',
  vendor: 'SanDisk',
  model: 'Cruzer Blade',
  serial: '4C530001230711104295',
  sizeBytes: 16_008_609_792,
  hasMedium: true,
  usb: { vendorId: '0781', productId: '5567', serial: { kind: 'given', text: '4C530001230711104295' } },
  volumes: [
    {
      key: 'E:',
      mountPoints: ['E:\\'],
      label: 'TEACHING',
      fileSystem: 'FAT32',
      encryption: 'not-encrypted',
      probe: { name: 'shell-property', found: 'BitLocker protection 2 (off)' },
    },
  ],
};

test('every adapter reads what Windows answers, and the process lives on', async () => {
  const answers = await electron.app.evaluate(() => globalThis.windowsProbe.askEverything());
  expect(answers).toMatchObject({
    account: {
      ok: true,
      value: {
        account: {
          name: 'sian',
          domain: 'HILL',
          sid: 'S-1-5-21-1004336348-1177238915-682003330-1104',
          upn: 'sian@hill.example',
          displayName: 'Siân Ŵyn',
        },
        groups: ['S-1-5-21-1004336348-1177238915-682003330-2001', 'HILL\\Staff'],
        loginId: 'windows:1003e7abc:1dbc0ffee',
      },
    },
    accountCapability: { level: 'full' },
    session: { ok: true, value: { inFront: true, locked: false } },
    signOut: { ok: true, value: 'requested' },
    idleIsNumber: true,
    systemLimit: { ok: true, value: 900 },
    gameControllers: ['Game pad (045e:028e)'],
    presence: { ok: true, value: [{ kind: 'presentation' }, { kind: 'display-required' }] },
    drives: {
      ok: true,
      value: [
        { key: 'disk 0', bus: 'internal', volumes: [{ key: 'C:', encryption: 'encrypted' }] },
        stick,
        { key: 'disc 0', kind: 'optical', hasMedium: false, volumes: [] },
      ],
    },
    volumesCapability: { level: 'full' },
    watch: true,
    eject: { ok: false, error: { kind: 'in-use' } },
    antiVirus: {
      level: 'none',
      reason: 'Microsoft Defender is not installed; another anti-virus is not asked',
    },
    usbHasReason: true,
    folders: [
      { name: '/Users/sian/AppData/Local/Porthor', isAgentHere: true },
      { name: '/Users/sian/AppData/Local/Porthor-2', isAgentHere: false },
      {},
      {},
    ],
    keyboardBefore: { ok: true, value: { kind: 'other', by: 'CabinetWClass' } },
    keyboardAtSetUp: { ok: true, value: { kind: 'set-up' } },
    keyboardTaken: { ok: true },
    keyboardAfter: { ok: true, value: { kind: 'window' } },
    place: {
      ok: true,
      value: {
        outer: { x: -8, y: -8, width: 1936, height: 1096 },
        painted: { x: 0, y: 0, width: 1920, height: 1080 },
        display: { x: 0, y: 0, width: 1920, height: 1080 },
        scalePercent: 150,
        onCurrentDesktop: false,
      },
    },
    sealedIsOther: true,
    opened: { secret: 'the key of the agent' },
    isOwnFolder: true,
    othersBefore: { ok: true, value: ['WD'] },
    closed: { ok: true },
    othersAfter: { ok: true, value: [] },
    lock: { ok: true, value: 'confirmed' },
    sessionAfter: { ok: true, value: { inFront: true, locked: true } },
    lockAtOnce: { ok: true, value: 'not-needed' },
  });
  expect((answers as { readonly machineId: unknown }).machineId).toMatch(/^[0-9a-f]{64}$/u);
});

test('the configuration comes from Group Policy, else from the file of an administrator, else from the installer', async () => {
  const programData = path.join(folder, 'program-data');
  await mkdir(path.join(programData, 'Porthor'), { recursive: true });
  const read = (variables: Readonly<Record<string, string>>) =>
    electron.app.evaluate((_electron, given) => globalThis.windowsProbe.readConfig(given), {
      WINDOWS_POLICY: '0',
      WINDOWS_OWNER: 'administrators',
      WINDOWS_PROGRAM_DATA: programData,
      ...variables,
    });
  expect(await read({ WINDOWS_POLICY: '1' })).toMatchObject({
    kind: 'loaded',
    from: 'HKLM\\SOFTWARE\\Policies\\Porthor',
    config: { siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 300 } },
  });
  const installer = { kind: 'loaded', config: { siteName: 'Hill School' } };
  expect(await read({})).toMatchObject(installer);
  await writeFile(path.join(programData, 'Porthor', 'config.json'), JSON.stringify({ siteName: 'By file' }));
  expect(await read({})).toMatchObject({ kind: 'loaded', config: { siteName: 'By file' } });
  expect(await read({ WINDOWS_OWNER: 'user' })).toMatchObject(installer);
});

/** A stuck stick is waited for at least three seconds: 300 ticks on an idle machine, and one or two where it blocks. */
const leastTicks = 20;
const stallMs = 2500;

test('a stick that takes its time holds no timer up, and is listed when it has answered once', async () => {
  const found = await electron.app.evaluate(
    (_electron, ms) => globalThis.windowsProbe.listWhileStuck(ms),
    stallMs,
  );
  expect(found).toMatchObject({
    first: ['C:'],
    capability: { level: 'degraded', reason: 'drive E: does not answer' },
    known: ['C:', 'E:'],
  });
  expect((found as { readonly ticks: number }).ticks).toBeGreaterThan(leastTicks);
});

test('an eject that takes its time holds no timer up', async () => {
  const found = await electron.app.evaluate(
    (_electron, ms) => globalThis.windowsProbe.ejectWhileStuck(ms),
    stallMs,
  );
  expect((found as { readonly answer: string }).answer).toMatch(/^(?:in-use|failed)$/u);
  expect((found as { readonly ticks: number }).ticks).toBeGreaterThan(leastTicks);
});

test('files are read while no domain controller answers, and while a stick is stuck', async () => {
  const first = await electron.app.evaluate(
    (_electron, ms) => globalThis.windowsProbe.readFileWithoutController(ms),
    stallMs,
  );
  expect(first).toBe('file');
});
