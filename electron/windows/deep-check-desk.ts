/** The person at this PC, and windows as the gate has them, for the deep self-check. */
import { app, BrowserWindow, type Display, desktopCapturer, screen } from 'electron';
import type { SelfCheckKey } from '../../shared/i18n/self-check-words.ts';
import { fail, type Result, succeed } from '../../shared/lib/result.ts';
import type { DeepStep } from '../../shared/self-check/deep-report.ts';
import type { Platform } from '../platform/create-platform.ts';
import { describeError } from '../platform/describe-error.ts';
import type { WindowStatePort } from '../platform/window-state/window-state-port.ts';
import type { CoverTrial, DeepDesk } from '../services/self-check/deep-check.ts';
import { countPixels, markColour } from './count-pixels.ts';
import { createGatePlaces, type GatePlaces } from './gate-places.ts';
import { showMessageBox } from './message-box.ts';
import { putInFront, takeKeyboard } from './overlay.ts';
import { gateWindowOptions } from './prewarmed-window.ts';

const coverSeconds = 5;
const stay = (): void => undefined;

interface Cover {
  readonly display: Display;
  readonly window: BrowserWindow;
}

const stepWords: Readonly<Record<DeepStep, SelfCheckKey>> = {
  'stick-in': 'self-check.deep.stickIn',
  'stick-out': 'self-check.deep.stickOut',
  cover: 'self-check.deep.cover',
  lock: 'self-check.deep.lock',
};

export function createDeepCheckDesk(
  { clock, desktop, loadWindowState }: Platform,
  words: (key: SelfCheckKey) => string,
): DeepDesk {
  const openCover = (display: Display): Cover => {
    const window = new BrowserWindow({
      ...display.bounds,
      ...gateWindowOptions(desktop),
      backgroundColor: markColour.css,
      webPreferences: { sandbox: true },
    });
    putInFront(window, 'screen-saver');
    window.showInactive();
    return { display, window };
  };
  return {
    agrees: async (step) => {
      const button = await showMessageBox(clock, {
        type: 'question',
        title: words('self-check.title'),
        message: words(stepWords[step]),
        buttons: [words('self-check.deep.goOn'), words('self-check.deep.skip')],
        defaultId: 0,
        cancelId: 1,
        noLink: true,
      });
      return button === 0;
    },
    tryCover: async () => {
      // Without a listener, Electron ends the program with its last window.
      app.on('window-all-closed', stay);
      const covers: Cover[] = [];
      try {
        const state = await loadWindowState();
        // As the gate does: what the gate corrects is corrected here too.
        const places = createGatePlaces({ fullScreen: desktop.fillsByFullScreen, windowState: () => state });
        for (const display of screen.getAllDisplays()) {
          const cover = openCover(display);
          covers.push(cover);
          places.put(cover.window, display);
        }
        const [first] = covers;
        if (first !== undefined) await takeKeyboard(first.window, state);
        for (let second = 0; second < coverSeconds; second += 1) {
          await new Promise<void>((resolve) => void clock.setTimer(1000, resolve));
          for (const { window } of covers) places.correct(window);
        }
        return await measure(covers, state, places);
      } catch (error) {
        return [{ name: 'cover', seen: fail({ reason: describeError(error) }) }];
      } finally {
        for (const { window } of covers) window.destroy();
      }
    },
  };
}

async function measure(
  covers: readonly Cover[],
  state: WindowStatePort,
  places: GatePlaces,
): Promise<readonly CoverTrial[]> {
  const windows = covers.map(({ window }) => window);
  const seen = await Promise.all(covers.map((cover) => describeCover(cover, state, places)));
  const keyboard = state.readKeyboard(windows);
  const read = windows.map((window) => state.readPlace(window));
  const isFocused = windows.some((window) => window.isFocused());
  return [
    { name: 'cover', seen: succeed(seen.join('; ')) },
    {
      name: 'keyboard',
      seen: describe(
        keyboard,
        (owner) =>
          `${owner.kind}${owner.kind === 'other' ? ` ${owner.by}` : ''}; Electron says: ${isFocused ? 'ours' : 'not ours'}`,
      ),
    },
    {
      name: 'virtual-desktop',
      seen: describe(read[0] ?? fail({ kind: 'none', reason: 'there is no display' }), () =>
        read.map((place) => (place.ok && place.value.onCurrentDesktop ? 'in front' : 'elsewhere')).join(', '),
      ),
    },
  ];
}

function describe<Value>(
  read: Result<Value, { readonly kind: string; readonly reason: string }>,
  inWords: (value: Value) => string,
): CoverTrial['seen'] {
  return read.ok ? succeed(inWords(read.value)) : fail(read.error);
}

/** What was asked, what Electron and the system answer, and how much of a screenshot shows the window. */
async function describeCover(
  { display, window }: Cover,
  state: WindowStatePort,
  places: GatePlaces,
): Promise<string> {
  const { bounds, scaleFactor } = display;
  const thumbnailSize = {
    width: Math.round(bounds.width * scaleFactor),
    height: Math.round(bounds.height * scaleFactor),
  };
  const sources = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize });
  const source = sources.find(({ display_id: id }) => id === String(display.id)) ?? sources[0];
  const image = source?.thumbnail;
  const place = state.readPlace(window);
  const { asked, requests } = places.requested(window);
  return [
    `${Math.round(scaleFactor * 100)} %`,
    `asked ${describeBounds(asked)} (requests: ${requests})`,
    `got ${describeBounds(window.getBounds())}`,
    ...(place.ok
      ? [`painted ${describeBounds(place.value.painted)} of ${describeBounds(place.value.display)} px`]
      : []),
    image === undefined || image.isEmpty()
      ? 'no screenshot'
      : describeShot(image.toBitmap(), image.getSize()),
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
