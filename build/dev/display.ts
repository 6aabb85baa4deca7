/** A real X server with screens that can be added, resized and pulled, a window manager, hands and eyes. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunResult, run, startChild } from '../runtime/child.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { displayNeeds, ensurePrograms } from '../runtime/system-packages.ts';

export interface ScreenSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Screen extends ScreenSize {
  /** The output's name, `DUMMY0` to `DUMMY15`. */
  readonly name: string;
  readonly xPx: number;
  readonly yPx: number;
}

export interface Display {
  /** As in $DISPLAY: `:0`. */
  readonly name: string;
  /** For programs that are to appear on this display: this process's environment with the display put in. */
  readonly env: NodeJS.ProcessEnv;
  /** The screens that are on, left to right. */
  screens(): Promise<readonly Screen[]>;
  /** Plugs a screen in, to the right of the others. */
  addScreen(size: ScreenSize): Promise<Screen>;
  /** Pulls a screen's cable. */
  removeScreen(name: string): Promise<void>;
  resizeScreen(name: string, size: ScreenSize): Promise<void>;
  /** Moves the pointer, in pixels of the whole desktop. */
  movePointer(xPx: number, yPx: number): Promise<void>;
  /** Moves there and presses the first button. */
  click(xPx: number, yPx: number): Promise<void>;
  /** Types text into whatever has the keyboard. */
  typeText(text: string): Promise<void>;
  /** Presses one key or chord, in xdotool's words: `Return`, `Tab`, `ctrl+shift+F12`. */
  pressKey(chord: string): Promise<void>;
  /** Writes what all screens show into a PNG file. */
  screenshot(file: string): Promise<void>;
  /** Ends the X server and what was started with it; nothing else. */
  stop(): Promise<void>;
}

const desktop: ScreenSize = { widthPx: 1280, heightPx: 1024 };
const readyWithinMs = 20_000;

// No input device of the machine is taken, nothing blanks, and no key leaves for another console: the display
// belongs to the program under test alone.
const serverConfig = `Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
  Option "StandbyTime" "0"
  Option "SuspendTime" "0"
  Option "OffTime" "0"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 256000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 3840 2160
  EndSubSection
EndSection
`;

// Menus and key bindings of a desktop would be a way round what is being tested.
const windowManagerConfig = `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy><monitor>Mouse</monitor></placement>
  <desktops><number>1</number></desktops>
  <keyboard></keyboard>
  <mouse><context name="Client"><mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind></context></mouse>
</openbox_config>
`;

/** The screens in the output of `xrandr --query`, left to right. */
export const parseScreens = (output: string): readonly Screen[] => {
  const screens: Screen[] = [];
  for (const line of output.split('\n')) {
    const match =
      line.match(/^(\S+) connected (?:primary )?(\d+)x(\d+)\+(-?\d+)\+(-?\d+)/) ??
      line.match(/^(\S+) disconnected (?:primary )?(\d+)x(\d+)\+(-?\d+)\+(-?\d+)/);
    if (match === null) continue;
    const [, name = '', width, height, x, y] = match;
    screens.push({
      name,
      widthPx: Number(width),
      heightPx: Number(height),
      xPx: Number(x),
      yPx: Number(y),
    });
  }
  return screens.sort((a, b) => a.xPx - b.xPx || a.yPx - b.yPx);
};

/** An output that has no screen on it yet. */
export const findFreeOutput = (output: string): string | undefined => {
  const used = new Set(parseScreens(output).map(({ name }) => name));
  return [...output.matchAll(/^(\S+) (?:dis)?connected\b/gm)]
    .map((match) => match[1])
    .find((name) => name !== undefined && !used.has(name));
};

/** A mode line for a size that the driver has no mode for; timings only have to be consistent on a screen without glass. */
export const modeLine = ({ widthPx, heightPx }: ScreenSize): readonly string[] => {
  const total = { x: widthPx + 160, y: heightPx + 30 };
  const clockMhz = (total.x * total.y * 60) / 1e6;
  return [
    clockMhz.toFixed(2),
    ...[widthPx, widthPx + 48, widthPx + 80, total.x].map(String),
    ...[heightPx, heightPx + 3, heightPx + 9, total.y].map(String),
  ];
};

// Every letter that Welsh has and the server's own keyboard lacks. xdotool would remap a key for each while typing,
// and a program that reads the old map in that moment loses the letter.
const welshLetters = [...'âêîôûŵŷáéíóúẃýàèìòùẁỳäëïöüẅÿ', '’'];

/** Instructions for xmodmap that put the Welsh letters on keys which carry nothing, from its own list of keys. */
export const welshKeys = (keyList: string): string => {
  const unused = [...keyList.matchAll(/^keycode +(\d+) =[ \t]*$/gm)].map((match) => match[1] ?? '').reverse();
  const keysym = (letter: string) =>
    `U${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return welshLetters
    .map((letter, index) => ({ letter, key: unused[index] }))
    .filter(({ key }) => key !== undefined)
    .map(
      ({ letter, key }) => `keycode ${key} = ${keysym(letter)} ${keysym(letter.toLocaleUpperCase('cy'))}\n`,
    )
    .join('');
};

const modeName = ({ widthPx, heightPx }: ScreenSize): string => `${widthPx}x${heightPx}`;

const check = (what: string, result: RunResult): string => {
  if (result.status === 0) return result.stdout;
  throw new Error(`display: ${what}: ${result.outcome}: ${result.stderr.trim()}`);
};

/** The screens of the display that `env` names, through xrandr. */
function controlScreens(env: NodeJS.ProcessEnv) {
  const xrandr = async (...args: string[]): Promise<string> =>
    check(`xrandr ${args.join(' ')}`, await run('xrandr', args, { env }));
  const screens = async (): Promise<readonly Screen[]> => parseScreens(await xrandr('--query'));

  const addMode = async (output: string, size: ScreenSize): Promise<void> => {
    const mode = modeName(size);
    const known = await xrandr('--query');
    if (!new RegExp(`^ +${mode} `, 'm').test(known)) {
      // Refused where the mode was made earlier and is on no output now; adding it decides.
      await run('xrandr', ['--newmode', mode, ...modeLine(size)], { env });
    }
    await xrandr('--addmode', output, mode);
  };
  const find = async (output: string): Promise<Screen> => {
    const screen = (await screens()).find((candidate) => candidate.name === output);
    if (screen === undefined) throw new Error(`display: ${output}: not on`);
    return screen;
  };
  const setMode = async (output: string, size: ScreenSize, ...where: string[]): Promise<void> => {
    await addMode(output, size);
    await xrandr('--output', output, '--mode', modeName(size), ...where);
  };
  const addScreen = async (size: ScreenSize): Promise<Screen> => {
    const output = findFreeOutput(await xrandr('--query'));
    const last = (await screens()).at(-1);
    if (output === undefined || last === undefined) throw new Error('display: no output is free');
    await setMode(output, size, '--right-of', last.name);
    return find(output);
  };

  return {
    screens,
    setMode,
    addScreen,
    removeScreen: async (output: string): Promise<void> => {
      await xrandr('--output', output, '--off');
    },
    resizeScreen: async (output: string, size: ScreenSize): Promise<void> => {
      await find(output);
      await setMode(output, size);
    },
  };
}

async function addWelshKeys(env: NodeJS.ProcessEnv, file: string): Promise<void> {
  const keys = check('xmodmap', await run('xmodmap', ['-pke'], { env }));
  await writeFile(file, welshKeys(keys));
  check('xmodmap', await run('xmodmap', [file], { env }));
}

/** Starts a display of its own. The screens stand side by side; the first is the primary one. */
export const startDisplay = async (
  options: { readonly screens?: readonly [ScreenSize, ...ScreenSize[]] } = {},
): Promise<Display> => {
  await ensurePrograms('a virtual display', displayNeeds);
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-display-'));
  const configFile = path.join(folder, 'xorg.conf');
  const windowManagerFile = path.join(folder, 'openbox.xml');
  await writeFile(configFile, serverConfig);
  await writeFile(windowManagerFile, windowManagerConfig);

  // A command that is ended outright still leaves no folder.
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const undo: (() => Promise<unknown>)[] = [
    async () => {
      process.off('exit', removeFolder);
      await rm(folder, { recursive: true, force: true });
    },
  ];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const action of undo.reverse()) await action();
    })();
    return stopping;
  };

  try {
    const logFile = path.join(folder, 'xorg.log');
    const serverArguments = ['-noreset', '-nolisten', 'tcp', '-config', configFile, '-logfile', logFile];
    const server = await startChild(
      'The X server',
      'Xorg',
      // It picks a free number itself and writes it once it takes connections: nothing to guess, nothing to poll.
      [...serverArguments, '-displayfd', '1'],
      { onLine: () => undefined, onErrorLine: () => undefined },
    );
    undo.push(() => server.stop());
    const [, number = ''] = await server.waitForLine(/^(\d+)$/, readyWithinMs);
    const name = `:${number}`;
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      DISPLAY: name,
      XDG_SESSION_TYPE: 'x11',
      // No accessibility bus runs here; looking for one prints warnings and costs start-up time.
      NO_AT_BRIDGE: '1',
      GTK_A11Y: 'none',
    };
    delete env['WAYLAND_DISPLAY'];

    const control = controlScreens(env);
    const [first, ...others] = options.screens ?? [desktop];
    await control.setMode('DUMMY0', first, '--primary');
    for (const size of others) await control.addScreen(size);

    await addWelshKeys(env, path.join(folder, 'keys.xmodmap'));

    const windowManager = await startChild(
      'The window manager',
      'openbox',
      ['--sm-disable', '--config-file', windowManagerFile, '--startup', 'echo ready'],
      { env, onLine: () => undefined, onErrorLine: () => undefined },
    );
    undo.push(() => windowManager.stop());
    await windowManager.waitForLine(/^ready$/, readyWithinMs);

    const xdotool = async (...args: string[]): Promise<void> => {
      check(`xdotool ${args.join(' ')}`, await run('xdotool', args, { env }));
    };
    return {
      name,
      env,
      screens: control.screens,
      addScreen: control.addScreen,
      removeScreen: control.removeScreen,
      resizeScreen: control.resizeScreen,
      movePointer: (xPx, yPx) => xdotool('mousemove', '--sync', String(xPx), String(yPx)),
      click: (xPx, yPx) => xdotool('mousemove', String(xPx), String(yPx), 'click', '1'),
      typeText: (text) => xdotool('type', '--delay', '8', '--', text),
      pressKey: (chord) => xdotool('key', '--', chord),
      screenshot: async (file) => {
        check('scrot', await run('scrot', ['--overwrite', '--pointer', file], { env }));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** A display for a person at a desk, or a virtual one where there is none. */
export interface UsableDisplay {
  readonly env: NodeJS.ProcessEnv;
  /** The virtual display, where one had to be started. */
  readonly virtual: Display | undefined;
  /** One line for the person. */
  readonly description: string;
}

const canConnect = (socketFile: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketFile);
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(2000, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });

/** Whether a desktop session or an X server answers under the names in `env`. Other systems always have one. */
export const hasDisplay = async (env: NodeJS.ProcessEnv): Promise<boolean> => {
  if (process.platform !== 'linux') return true;
  const wayland = env['WAYLAND_DISPLAY'];
  const runtimeFolder = env['XDG_RUNTIME_DIR'];
  if (wayland !== undefined && wayland !== '' && runtimeFolder !== undefined) {
    if (await canConnect(path.resolve(runtimeFolder, wayland))) return true;
  }
  const name = env['DISPLAY'];
  if (name === undefined || name === '') return false;
  const local = name.match(/^(?:unix)?:(\d+)/);
  // Electron decides in the end; a server that is not there at all is what this tells apart.
  return local?.[1] === undefined ? true : canConnect(`/tmp/.X11-unix/X${local[1]}`);
};

/** Takes the person's display when it answers, and starts a virtual one otherwise. The caller stops a virtual one. */
export const ensureDisplay = async (): Promise<UsableDisplay> => {
  if (process.platform !== 'linux') {
    return { env: process.env, virtual: undefined, description: 'Display: this desktop.' };
  }
  if (await hasDisplay(process.env)) {
    const shown = process.env['WAYLAND_DISPLAY'] ?? process.env['DISPLAY'] ?? '';
    return { env: process.env, virtual: undefined, description: `Display: ${shown}.` };
  }
  const named = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  const why = named === undefined || named === '' ? 'there is none' : `${named} does not answer`;
  try {
    const virtual = await startDisplay();
    return {
      env: virtual.env,
      virtual,
      description: `Display: a virtual one, ${virtual.name}, because ${why}.`,
    };
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `There is no display (${why}), and a virtual one did not start: ${error instanceof Error ? error.message : String(error)}`,
      'Start the command from a desktop session, or check what Xorg says.',
    );
  }
};
