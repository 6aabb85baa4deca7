/** The runtime opens a real window on a real X server, and sees screens come, change and go. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Display, startDisplay } from '../../../build/dev/display.ts';
import { isRunning } from '../../support/is-running.ts';
import { type LaunchedElectron, launchElectron } from '../../support/launch-electron.ts';

const probe = fileURLToPath(new URL('../../fixtures/electron-probe', import.meta.url));

const boundsSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** Every letter of Welsh that an English keyboard lacks, small and large. */
const welsh = 'Siân âêîôûŵŷ ÂÊÎÔÛŴŶ áéíóúẃý ÁÉÍÓÚẂÝ àèìòùẁỳ ÀÈÌÒÙẀỲ äëïöüẅÿ ÄËÏÖÜẄŸ Rwy’n 8';

describe('Electron on a display with two screens', () => {
  let display: Display;
  let electron: LaunchedElectron;
  let folder: string;

  const told = async <T>(word: string, schema: z.ZodType<T>, fields = ''): Promise<T> => {
    const [, json = ''] = await electron.waitForOutput(new RegExp(`^${word} (.*${fields}.*)$`));
    return schema.parse(JSON.parse(json));
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-test-'));
    display = await startDisplay({
      screens: [
        { widthPx: 1280, heightPx: 1024 },
        { widthPx: 1024, heightPx: 768 },
      ],
    });
    electron = await launchElectron({ app: probe, display, args: ['--config', 'some file', '--demo'] });
  });

  afterAll(async () => {
    await electron.close();
    await display.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('an unpackaged app is loaded as Electron itself would: own name, version, path and flags', async () => {
    expect(await told('started', z.unknown())).toEqual({
      name: 'Porthor Probe',
      version: '1.2.3',
      appPath: probe,
      isPackaged: false,
      isReady: false,
      arguments: ['--config', 'some file', '--demo'],
    });
  });

  test('it sees both screens where the X server put them', async () => {
    expect(await told('screens', z.array(boundsSchema))).toEqual([
      { x: 0, y: 0, width: 1280, height: 1024 },
      { x: 1280, y: 0, width: 1024, height: 768 },
    ]);
  });

  test('its window is on the display, and a screenshot shows it', async () => {
    await told('ready-to-show', z.unknown());
    const page = await electron.app.firstWindow();
    expect(await page.textContent('h1')).toBe('Probe');
    const file = path.join(folder, 'screen.png');
    await display.screenshot(file);
    expect((await stat(file)).size).toBeGreaterThan(1000);
  });

  test('a pulled screen is seen to go, a plugged one to come, a resized one to change', async () => {
    await display.removeScreen('DUMMY1');
    expect(await told('display-removed', boundsSchema)).toMatchObject({ x: 1280, width: 1024 });
    expect(await display.screens()).toHaveLength(1);

    const added = await display.addScreen({ widthPx: 800, heightPx: 600 });
    expect(await told('display-added', boundsSchema)).toEqual({ x: 1280, y: 0, width: 800, height: 600 });

    await display.resizeScreen(added.name, { widthPx: 1000, heightPx: 700 });
    expect(await told('display-changed', boundsSchema, '"width":1000')).toMatchObject({ height: 700 });
  });

  test('keys and clicks reach the page', async () => {
    const page = await electron.app.firstWindow();
    await page.evaluate(() => {
      document.body.innerHTML = '<input autofocus style="position:fixed;inset:0;width:100%;height:100%">';
    });
    const { x, y, width, height } = boundsSchema.parse(
      await electron.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.getContentBounds(),
      ),
    );
    await display.click(x + Math.round(width / 2), y + Math.round(height / 2));
    await display.typeText(welsh);
    await expect.poll(() => page.inputValue('input')).toBe(welsh);
    await display.pressKey('BackSpace');
    await expect.poll(() => page.inputValue('input')).toBe(welsh.slice(0, -1));
  });

  test('closing leaves no process behind', async () => {
    const { pid } = electron;
    expect(isRunning(pid)).toBe(true);
    await electron.close();
    await electron.exited;
    expect(isRunning(pid)).toBe(false);
  });
});

test('a display that is stopped frees its name, and two can stand side by side', async () => {
  const first = await startDisplay();
  const second = await startDisplay();
  expect(second.name).not.toBe(first.name);
  await first.stop();
  await expect(first.screens()).rejects.toThrow('display: xrandr');
  expect(await second.screens()).toHaveLength(1);
  await second.stop();
});
