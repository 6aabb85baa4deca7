/**
 * The native layer of the Windows adapters in a real Electron. Node, and so Wine, allows what Electron forbids: a call
 * that makes an external ArrayBuffer ends an Electron process and no `catch` sees it.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildMain } from '../../../build/bundle/build.ts';
import { type Display, startDisplay } from '../../../build/dev/display.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';
import { type LaunchedElectron, launchElectron } from '../../support/launch-electron.ts';

let display: Display;
let folder: string;
let electron: LaunchedElectron | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-native-'));
  const app = path.join(folder, 'app');
  await buildMain(path.join(projectRoot, 'tests/fixtures/native-probe/main.ts'), path.join(app, 'main'));
  await symlink(path.join(projectRoot, 'node_modules'), path.join(app, 'node_modules'));
  const manifest = { name: 'porthor-native-probe', version: '0.0.0', type: 'module', main: 'main/main.js' };
  await writeFile(path.join(app, 'package.json'), JSON.stringify(manifest));
  display = await startDisplay({ screens: [{ widthPx: 640, heightPx: 480 }] });
  electron = await launchElectron({ app, display });
});

afterAll(async () => {
  await electron?.close();
  await display.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every member answers inside Electron, and the process lives on', async () => {
  const answers = await electron?.app.evaluate(() => globalThis.nativeAnswers);
  expect(answers).toEqual({
    pointerBytes: 8,
    called: 7,
    calledInBackground: 8,
    copied: '0123456789',
    copiedNothing: 0,
    text: 'Siân Ŵyn',
    pointerRead: true,
    ownAddress: 'owned by Node',
    sameObject: true,
    otherObject: true,
  });
});
