/** The person at this PC, and a window as the gate has it, for the deep self-check. */
import { app, BrowserWindow, type Display, desktopCapturer, dialog, screen } from 'electron';
import type { SelfCheckKey } from '../../shared/i18n/self-check-words.ts';
import { fail, succeed } from '../../shared/lib/result.ts';
import type { DeepStep } from '../../shared/self-check/deep-report.ts';
import type { Platform } from '../platform/create-platform.ts';
import { describeError } from '../platform/describe-error.ts';
import type { CoverTrial, DeepDesk } from '../services/self-check/deep-check.ts';
import { countPixels, markColour } from './count-pixels.ts';

const coverMs = 5000;
const stay = (): void => undefined;

const stepWords: Readonly<Record<DeepStep, SelfCheckKey>> = {
  'stick-in': 'self-check.deep.stickIn',
  'stick-out': 'self-check.deep.stickOut',
  cover: 'self-check.deep.cover',
  lock: 'self-check.deep.lock',
};

export function createDeepCheckDesk({ clock }: Platform, words: (key: SelfCheckKey) => string): DeepDesk {
  return {
    agrees: async (step) => {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        title: words('self-check.title'),
        message: words(stepWords[step]),
        buttons: [words('self-check.deep.goOn'), words('self-check.deep.skip')],
        defaultId: 0,
        cancelId: 1,
        noLink: true,
      });
      return response === 0;
    },
    tryCover: async () => {
      // Without a listener, Electron ends the program with its last window.
      app.on('window-all-closed', stay);
      const windows: { readonly display: Display; readonly window: BrowserWindow }[] = [];
      try {
        for (const display of screen.getAllDisplays()) windows.push({ display, window: openCover(display) });
        windows[0]?.window.focus();
        await new Promise<void>((resolve) => void clock.setTimer(coverMs, resolve));
        const keyboard = windows.some(({ window }) => window.isFocused());
        const seen = await Promise.all(windows.map(measure));
        return [
          { name: 'cover', seen: succeed(seen.join('; ')) },
          { name: 'keyboard', seen: succeed(`Electron says: ${keyboard ? 'ours' : 'not ours'}`) },
        ] satisfies readonly CoverTrial[];
      } catch (error) {
        return [{ name: 'cover', seen: fail({ reason: describeError(error) }) }];
      } finally {
        for (const { window } of windows) window.destroy();
      }
    },
  };
}

function openCover({ bounds }: Display): BrowserWindow {
  const window = new BrowserWindow({
    ...bounds,
    frame: false,
    thickFrame: false,
    roundedCorners: false,
    resizable: false,
    skipTaskbar: true,
    backgroundColor: markColour.css,
    webPreferences: { sandbox: true },
  });
  window.setAlwaysOnTop(true, 'screen-saver');
  return window;
}

/** What was asked, what the window answers, and how much of the display shows it, in the pixels of a screenshot. */
async function measure({ display, window }: { display: Display; window: BrowserWindow }): Promise<string> {
  const { bounds, scaleFactor } = display;
  const thumbnailSize = {
    width: Math.round(bounds.width * scaleFactor),
    height: Math.round(bounds.height * scaleFactor),
  };
  const sources = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize });
  const source = sources.find(({ display_id: id }) => id === String(display.id)) ?? sources[0];
  const image = source?.thumbnail;
  const seen =
    image === undefined || image.isEmpty()
      ? 'no screenshot'
      : describeShot(image.toBitmap(), image.getSize());
  const got = window.getBounds();
  return [
    `${Math.round(scaleFactor * 100)} %`,
    `asked ${describeBounds(bounds)}`,
    `got ${describeBounds(got)}`,
    seen,
  ].join(', ');
}

function describeShot(bitmap: Buffer, { width, height }: { width: number; height: number }): string {
  const { marked, total } = countPixels(bitmap);
  return `covered ${((marked / total) * 100).toFixed(2)} % of ${width} x ${height} px`;
}

/** With spaces: the report hides long words with digits as serial numbers. */
function describeBounds({ x, y, width, height }: Electron.Rectangle): string {
  return `${x}, ${y}, ${width} x ${height}`;
}
