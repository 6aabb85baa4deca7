/** What Windows answers about windows, from bytes as its headers lay them out. */
import type { KoffiFunc } from 'koffi';
import { describe, expect, it, vi } from 'vitest';
import type { Native } from '../../../../../electron/platform/native/native.win32.ts';
import { createWindowsWindowStatePort } from '../../../../../electron/platform/window-state/window-state.win32.ts';
import type { SystemWindow } from '../../../../../electron/platform/window-state/window-state-port.ts';

const gateHandle = 0x1_0000_1234n;
const otherHandle = 0x5678n;
const ownProcess = 4711;
const gateThread = 11;
const otherThread = 22;

type Given = readonly unknown[];

/** Numbers as Windows writes them into a structure. */
const write = (target: unknown, values: readonly number[]) => {
  for (const [index, value] of values.entries()) (target as Buffer).writeInt32LE(value, index * 4);
};

const handle = Buffer.alloc(8);
handle.writeBigUInt64LE(gateHandle);
const gate: SystemWindow = {
  getNativeWindowHandle: () => handle,
  // The window believes it, as Electron's does after a refused request (electron issue 47749).
  isFocused: () => true,
  focus: () => undefined,
};

/** A Windows whose calls a test scripts by name. Records the calls. */
function createWindows(script: Readonly<Record<string, (...given: Given) => unknown>> = {}) {
  const calls: string[] = [];
  let holdBackground: ((release: () => void) => void) | undefined;
  const desk = { front: otherHandle as bigint | null, isLocked: false };
  const sessionAddress = 0x9000n;
  const answers: Readonly<Record<string, (...given: Given) => unknown>> = {
    GetForegroundWindow: () => desk.front,
    SetForegroundWindow: () => 0,
    GetWindowThreadProcessId: (window, processId) => {
      write(processId, [window === gateHandle ? ownProcess : 99]);
      return window === gateHandle ? gateThread : otherThread;
    },
    GetClassNameW: (_window, name) => (name as Buffer).write('CabinetWClass', 'utf16le') / 2,
    AttachThreadInput: () => 1,
    OpenProcess: (access, _inherit, process) => (access === 0x1000 && process === 99 ? 0x44n : null),
    CloseHandle: () => 1,
    // APPMODEL_ERROR_NO_PACKAGE: an ordinary program.
    GetPackageFamilyName: () => 15_700,
    IsHungAppWindow: () => 0,
    SendMessageTimeoutW: () => 1,
    GetWindowRect: (_window, rectangle) => {
      write(rectangle, [-1928, 0, 8, 1088]);
      return 1;
    },
    GetClientRect: (_window, rectangle) => {
      write(rectangle, [0, 0, 1920, 1080]);
      return 1;
    },
    ClientToScreen: (_window, point) => {
      write(point, [-1920, 0]);
      return 1;
    },
    MonitorFromWindow: () => 0x77n,
    GetMonitorInfoW: (_monitor, info) => {
      if ((info as Buffer).readUInt32LE(0) !== 40) return 0;
      // Its size, the display, the work area above the taskbar, the flags.
      write(info, [40, -1920, 0, 0, 1080, -1920, 0, 0, 1032, 0]);
      return 1;
    },
    GetDpiForWindow: () => 168,
    DwmGetWindowAttribute: (_window, attribute, answer) => {
      if (attribute !== 14) return -1;
      write(answer, [0]);
      return 0;
    },
    WTSQuerySessionInformationW: (_server, _session, _what, pointer, length) => {
      (pointer as Buffer).writeBigUInt64LE(sessionAddress);
      (length as Buffer).writeUInt32LE(64);
      return 1;
    },
    WTSFreeMemory: () => undefined,
    ...script,
  };
  const native: Pick<Native, 'pointerBytes' | 'define' | 'copyBytes' | 'readPointer'> = {
    pointerBytes: 8,
    readPointer: (buffer, offset) => buffer.readBigUInt64LE(offset),
    // WTSINFOEXW: state active at 12, flags at 16: 0 is locked, 1 is not.
    copyBytes: (address, length) => {
      const info = Buffer.alloc(length);
      if (address === sessionAddress) info.writeInt32LE(desk.isLocked ? 0 : 1, 16);
      return info;
    },
    define: <Call extends (...values: never[]) => unknown>(_library: string, name: string) => {
      const run = (...given: Given) => {
        calls.push(name);
        return answers[name]?.(...given);
      };
      const call = Object.assign(run, {
        async: (...given: Given) => {
          const callback = given.at(-1) as (error: unknown, answer: unknown) => void;
          const answer = () => callback(null, run(...given.slice(0, -1)));
          if (holdBackground === undefined) queueMicrotask(answer);
          else holdBackground(answer);
        },
      });
      return call as unknown as KoffiFunc<Call>;
    },
  };
  const port = createWindowsWindowStatePort(native as Native, ownProcess);
  /** Calls in the background wait for a thread: each is given to `keep`, which may let it run. */
  const hold = (keep: (release: () => void) => void) => {
    holdBackground = keep;
  };
  return { port, desk, calls, hold };
}

describe('who has the keyboard on Windows', () => {
  it('is the window that Windows names, whatever Electron believes', () => {
    const { port, desk } = createWindows();
    expect(port.readKeyboard([gate])).toEqual({ ok: true, value: { kind: 'other', by: 'CabinetWClass' } });
    desk.front = gateHandle;
    expect(port.readKeyboard([gate])).toEqual({ ok: true, value: { kind: 'window' } });
    expect(port.readKeyboard([])).toEqual({ ok: true, value: { kind: 'own' } });
  });

  it('is no window where none is in front, and where the screen is locked', () => {
    const { port, desk } = createWindows();
    for (const none of [null, 0n]) {
      desk.front = none;
      expect(port.readKeyboard([gate])).toEqual({ ok: true, value: { kind: 'none' } });
    }
    desk.front = otherHandle;
    desk.isLocked = true;
    expect(port.readKeyboard([gate])).toEqual({ ok: true, value: { kind: 'none' } });
  });

  it.each([
    ['Microsoft.Windows.CloudExperienceHost_cw5n1h2txyewy', { kind: 'set-up' }],
    ['Microsoft.Windows.CloudExperienceHost_8wekyb3d8bbwe', { kind: 'other', by: 'CabinetWClass' }],
    ['Microsoft.WindowsCalculator_8wekyb3d8bbwe', { kind: 'other', by: 'CabinetWClass' }],
  ])('of the app %s is %j, and no handle stays open', (name, expected) => {
    const { port, calls } = createWindows({
      GetPackageFamilyName: (process, length, into) => {
        if (process !== 0x44n || (length as Buffer).readUInt32LE(0) < name.length + 1) return 122;
        (into as Buffer).write(`${name}\0`, 'utf16le');
        return 0;
      },
    });
    expect(port.readKeyboard([gate])).toEqual({ ok: true, value: expected });
    expect(calls.filter((call) => call === 'CloseHandle')).toHaveLength(1);
  });

  it('is another program where Windows does not let the agent ask about it', () => {
    const { port } = createWindows({ OpenProcess: () => null });
    expect(port.readKeyboard([gate])).toMatchObject({ value: { kind: 'other' } });
  });

  it('is unreadable where a call fails, with the reason', () => {
    const { port } = createWindows({
      GetForegroundWindow: () => {
        throw new Error('no such function');
      },
    });
    expect(port.readKeyboard([gate])).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
    expect(port.capability()).toMatchObject({ level: 'degraded', reason: 'no such function' });
  });
});

describe('taking the keyboard on Windows', () => {
  it('needs no more than a request where Windows takes it', async () => {
    const { port, desk, calls } = createWindows({
      SetForegroundWindow: (window) => {
        desk.front = window as bigint;
        return 1;
      },
    });
    expect(await port.takeKeyboard(gate)).toEqual({ ok: true, value: undefined });
    expect(calls).not.toContain('AttachThreadInput');
    expect(await port.takeKeyboard(gate), 'it has it already').toEqual({ ok: true, value: undefined });
    expect(calls.filter((call) => call === 'SetForegroundWindow')).toHaveLength(1);
  });

  it('shares the input of the program in front for one call where Windows refuses', async () => {
    const attached: unknown[] = [];
    let isShared = false;
    const { port, calls } = createWindows({
      AttachThreadInput: (...given) => {
        attached.push(given);
        isShared = given[2] === 1;
        return 1;
      },
      SetForegroundWindow: () => (isShared ? 1 : 0),
    });
    expect(await port.takeKeyboard(gate)).toEqual({ ok: true, value: undefined });
    expect(attached).toEqual([
      [gateThread, otherThread, 1],
      [gateThread, otherThread, 0],
    ]);
    expect(calls.indexOf('SendMessageTimeoutW')).toBeLessThan(calls.indexOf('AttachThreadInput'));
  });

  it('never shares input with a program that does not answer, because the agent would hang with it', async () => {
    const { port, calls } = createWindows({ SendMessageTimeoutW: () => 0 });
    expect(await port.takeKeyboard(gate)).toMatchObject({
      ok: false,
      error: { kind: 'unreadable', reason: 'the program in front does not answer' },
    });
    expect(calls).not.toContain('AttachThreadInput');
  });

  it('never shares input with a window that Windows calls hung, or with the ghost that stands in for one', async () => {
    // The ghost itself answers every message: it is a window of the compositor.
    const ghost = createWindows({ IsHungAppWindow: () => 256 });
    expect(await ghost.port.takeKeyboard(gate)).toMatchObject({
      ok: false,
      error: { kind: 'unreadable', reason: 'the program in front is hung' },
    });
    expect(ghost.calls).not.toContain('AttachThreadInput');

    let isHung = false;
    const hanging = createWindows({
      IsHungAppWindow: () => (isHung ? 1 : 0),
      SendMessageTimeoutW: () => {
        isHung = true;
        return 1;
      },
    });
    expect(await hanging.port.takeKeyboard(gate), 'it hangs after its answer').toMatchObject({ ok: false });
    expect(hanging.calls).not.toContain('AttachThreadInput');
  });

  it('shares no input for an answer that comes after the deadline', async () => {
    vi.useFakeTimers();
    try {
      let answer = () => {};
      const late = createWindows();
      late.hold((release) => {
        answer = release;
      });
      const taken = late.port.takeKeyboard(gate);
      await vi.advanceTimersByTimeAsync(1000);
      expect(await taken).toMatchObject({
        ok: false,
        error: { reason: 'the program in front could not be asked in time' },
      });
      answer();
      await vi.advanceTimersByTimeAsync(1000);
      expect(late.calls).not.toContain('AttachThreadInput');
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives the input back where the call fails, and shares none where another window came to the front', async () => {
    const attached: unknown[] = [];
    const failing = createWindows({
      AttachThreadInput: (...given) => {
        attached.push(given[2]);
        return 1;
      },
      SetForegroundWindow: () => {
        if (attached.length > 0) throw new Error('refused');
        return 0;
      },
    });
    expect(await failing.port.takeKeyboard(gate)).toMatchObject({ ok: false });
    expect(attached).toEqual([1, 0]);
    const changing = createWindows({
      SendMessageTimeoutW: () => {
        changing.desk.front = 0x9999n;
        return 1;
      },
    });
    expect(await changing.port.takeKeyboard(gate)).toMatchObject({ ok: false });
    expect(changing.calls).not.toContain('AttachThreadInput');
  });
});

describe('the place of a window on Windows', () => {
  it('is read in physical pixels, on a display to the left of the first', () => {
    const { port } = createWindows();
    expect(port.readPlace(gate)).toEqual({
      ok: true,
      value: {
        outer: { x: -1928, y: 0, width: 1936, height: 1088 },
        painted: { x: -1920, y: 0, width: 1920, height: 1080 },
        display: { x: -1920, y: 0, width: 1920, height: 1080 },
        scalePercent: 175,
        onCurrentDesktop: true,
      },
    });
  });

  // DWM_CLOAKED_APP is 1, DWM_CLOAKED_SHELL 2, DWM_CLOAKED_INHERITED 4 (dwmapi.h). They are bits.
  it.each([
    [0, true],
    [1, true],
    [2, false],
    [3, false],
    [4, true],
    [5, true],
    [6, false],
  ])('with %i as what cloaks the window, its being on the current desktop is %s', (cloaked, expected) => {
    const { port } = createWindows({
      DwmGetWindowAttribute: (_window, _attribute, answer) => {
        write(answer, [cloaked]);
        return 0;
      },
    });
    expect(port.readPlace(gate)).toMatchObject({ value: { onCurrentDesktop: expected } });
  });

  it.each([
    ['GetWindowRect', 0],
    ['GetClientRect', 0],
    ['ClientToScreen', 0],
    ['GetMonitorInfoW', 0],
    ['GetDpiForWindow', 0],
    ['DwmGetWindowAttribute', -2_147_024_890],
  ])('is unreadable where %s fails', (name, result) => {
    const { port } = createWindows({ [name]: () => result });
    expect(port.readPlace(gate)).toMatchObject({
      ok: false,
      error: { kind: 'unreadable', reason: expect.stringContaining(name) as string },
    });
  });
});
