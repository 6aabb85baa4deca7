/** Draws every icon from one SVG. Run it after a change of the SVG, and commit the results. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../runtime/child.ts';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { ensurePrograms } from '../runtime/system-packages.ts';
import { encodeIco } from './icon-formats.ts';

const iconFolder = path.join(projectRoot, 'assets', 'icons');

/** Named after the taskbar that they suit: teal for a light one, nearly white for a dark one. */
const trayColours = { light: '#0b5f60', dark: '#d7f0ee' } as const;

interface Icon {
  readonly file: string;
  readonly drawing: 'app' | keyof typeof trayColours;
  /** One size for a PNG, several for an .ico. */
  readonly sizesPx: readonly number[];
}

/** Linux panels show 22 px or 32 px. Windows picks from 16 px at 100 % to 48 px at 300 %. */
export const icons: readonly Icon[] = [
  ...(['light', 'dark'] as const).flatMap((theme): Icon[] => [
    { file: `tray-${theme}.png`, drawing: theme, sizesPx: [22] },
    { file: `tray-${theme}@2x.png`, drawing: theme, sizesPx: [44] },
    { file: `tray-${theme}-32.png`, drawing: theme, sizesPx: [32] },
    { file: `tray-${theme}-32@2x.png`, drawing: theme, sizesPx: [64] },
    { file: `tray-${theme}.ico`, drawing: theme, sizesPx: [16, 20, 24, 32, 48] },
  ]),
  { file: 'app.png', drawing: 'app', sizesPx: [512] },
  { file: 'app.ico', drawing: 'app', sizesPx: [16, 20, 24, 32, 48, 64, 128, 256] },
];

/** The door alone for the tray; on a tile for menus and folders. */
function draw(door: string, drawing: Icon['drawing']): string {
  const outline = /\sd="([^"]+)"/u.exec(door)?.[1];
  if (outline === undefined) throw new Error('porthor.svg holds no path');
  const doorIn = (colour: string) => `<path fill="${colour}" fill-rule="evenodd" d="${outline}"/>`;
  const content =
    drawing === 'app'
      ? `<rect width="16" height="16" rx="3.5" fill="${trayColours.light}"/>
         <g transform="translate(1.6 1.2) scale(.8)">${doorIn('#f4fbfa')}</g>`
      : doorIn(trayColours[drawing]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${content}</svg>`;
}

async function makeIcons(): Promise<void> {
  await ensurePrograms('Drawing the icons', [{ what: 'rsvg-convert', packages: ['librsvg2-bin'] }]);
  const door = await readFile(path.join(iconFolder, 'porthor.svg'), 'utf8');
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-icons-'));
  try {
    const source = path.join(folder, 'icon.svg');
    const target = path.join(folder, 'icon.png');
    for (const { file, drawing, sizesPx } of icons) {
      await writeFile(source, draw(door, drawing));
      const pngs: Buffer[] = [];
      for (const sizePx of sizesPx) {
        const answer = await run('rsvg-convert', [
          '-w',
          `${sizePx}`,
          '-h',
          `${sizePx}`,
          '-o',
          target,
          source,
        ]);
        if (answer.status !== 0) throw new Error(`rsvg-convert: ${answer.stderr}`);
        pngs.push(await readFile(target));
      }
      const [first] = pngs;
      if (first === undefined) continue;
      const content = file.endsWith('.ico') ? encodeIco(pngs) : first;
      await writeFile(path.join(iconFolder, file), content);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) {
  await runMain(async () => {
    await makeIcons();
    return 0;
  });
}
