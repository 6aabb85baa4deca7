/**
 * Asks Windows who has the keyboard and where a window is. Electron is no witness for the first: after a refused `focus()`
 * its `isFocused()` answers true (electron issue 47749).
 */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import { callInBackground, decodeText, type Native } from '../native/native.win32.ts';
import { createSessionQuestion } from '../native/session-info.win32.ts';
import { windows } from '../native/windows-numbers.ts';
import { parseMonitor, parsePoint, parseRectangle, sizes } from './parse-window-state.ts';
import type {
  KeyboardOwner,
  SystemWindow,
  WindowPlace,
  WindowStatePort,
  WindowStateProblem,
} from './window-state-port.ts';

const classNameCharacters = 256;
const { wmNull, abortIfHung, nearestMonitor, dwmCloaked, cloakedByShell } = windows.window;
/** A program in front that is slower than this keeps the keyboard until the next attempt. */
const answersWithinMs = 250;
/** The question may have to wait for a thread of the runtime's pool. */
const askedWithinMs = 1000;
const standardDpi = 96;
/**
 * The system app that shows the Enrollment Status Page of Intune and the first questions of Windows Hello (Microsoft, *System
 * apps*: Cloud Experience Host). Windows signs it, and no other program can have its name.
 */
const setUpPackage = 'Microsoft.Windows.CloudExperienceHost_cw5n1h2txyewy';
/** PACKAGE_FAMILY_NAME_MAX_LENGTH (appmodel.h) is 64. */
const packageNameCharacters = 65;

type Calls = ReturnType<typeof defineCalls>;

export function createWindowsWindowStatePort(native: Native, ownProcessId: number): WindowStatePort {
  let capability: Capability = { name: 'window-state', level: 'full', reason: '' };
  let calls: Calls | undefined;

  const note = <Value>(answer: Result<Value, WindowStateProblem>): Result<Value, WindowStateProblem> => {
    capability = answer.ok
      ? { name: 'window-state', level: 'full', reason: '' }
      : { name: 'window-state', level: 'degraded', reason: answer.error.reason };
    return answer;
  };
  const ask = <Value>(question: (calls: Calls) => Value): Result<Value, WindowStateProblem> => {
    try {
      calls ??= defineCalls(native);
      return note(succeed(question(calls)));
    } catch (error) {
      return note(unreadable(describeError(error)));
    }
  };
  const handleOf = (window: SystemWindow) => native.readPointer(window.getNativeWindowHandle(), 0);

  return {
    capability: () => capability,
    readKeyboard: (windows) =>
      ask((asked) => readKeyboard(asked, new Set(windows.map(handleOf)), ownProcessId)),
    takeKeyboard: async (window) => {
      const handle = ask(() => handleOf(window));
      if (!handle.ok) return handle;
      try {
        calls ??= defineCalls(native);
        return note(await takeKeyboard(calls, handle.value));
      } catch (error) {
        return note(unreadable(describeError(error)));
      }
    },
    readPlace: (window) => ask((asked) => readPlace(asked, handleOf(window))),
  };
}

function readKeyboard(calls: Calls, handles: ReadonlySet<bigint>, ownProcessId: number): KeyboardOwner {
  const front = calls.foregroundWindow();
  if (front === undefined) return { kind: 'none' };
  if (handles.has(front)) return { kind: 'window' };
  const { processId } = calls.threadOf(front);
  if (processId === ownProcessId) return { kind: 'own' };
  const session = calls.session();
  // The lock screen, and a session that is not connected, have windows of their own in front.
  if (session !== undefined && (session.isLocked || !session.isActive)) return { kind: 'none' };
  if (calls.packageOf(processId) === setUpPackage) return { kind: 'set-up' };
  return { kind: 'other', by: calls.classOf(front) };
}

/**
 * Windows lets a program come to the front only in some cases. Beside those, a thread may do so that shares its input with
 * the thread in front. While two threads share their input, each waits for the other, and nothing can end that wait. So
 * the agent never shares with a program that is hung (the ghost of a hung window counts as one), nor with one that did not
 * answer just before, on another thread. It shares for one call only.
 */
async function takeKeyboard(calls: Calls, window: bigint): Promise<Result<undefined, WindowStateProblem>> {
  const front = calls.foregroundWindow();
  if (front === window) return succeed(undefined);
  const isTaken = calls.setForegroundWindow(window);
  if (front === undefined || calls.foregroundWindow() === window) {
    return isTaken ? succeed(undefined) : unreadable('Windows did not bring the window to the front');
  }
  if (calls.isHung(front)) return unreadable('the program in front is hung');
  const answers = await withDeadline(calls.doesAnswer(front), askedWithinMs);
  if (!answers.ok) return unreadable('the program in front could not be asked in time');
  if (!answers.value) return unreadable('the program in front does not answer');
  const stillInFront = calls.foregroundWindow();
  if (stillInFront === window) return succeed(undefined);
  if (stillInFront !== front) return unreadable('another window came to the front meanwhile');
  if (calls.isHung(front)) return unreadable('the program in front is hung');
  const { threadId } = calls.threadOf(window);
  const { threadId: frontThreadId } = calls.threadOf(front);
  const areAttached = calls.attachInput(threadId, frontThreadId, true);
  try {
    return calls.setForegroundWindow(window)
      ? succeed(undefined)
      : unreadable('Windows did not bring the window to the front');
  } finally {
    if (areAttached) calls.attachInput(threadId, frontThreadId, false);
  }
}

function readPlace(calls: Calls, window: bigint): WindowPlace {
  return {
    outer: calls.outerOf(window),
    painted: calls.paintedOf(window),
    display: calls.displayOf(window),
    scalePercent: Math.round((calls.dpiOf(window) / standardDpi) * 100),
    onCurrentDesktop: !calls.isHiddenByShell(window),
  };
}

function unreadable(reason: string): Result<never, WindowStateProblem> {
  return fail({ kind: 'unreadable', reason });
}

function defineCalls(native: Native) {
  return {
    ...defineKeyboardCalls(native),
    ...definePlaceCalls(native),
    packageOf: createPackageQuestion(native),
    session: createSessionQuestion(native),
  };
}

function defineKeyboardCalls(native: Native) {
  const getForegroundWindow = native.define<() => bigint | null>(
    'user32.dll',
    'GetForegroundWindow',
    'void *',
    [],
  );
  const setForegroundWindow = native.define<(window: bigint) => number>(
    'user32.dll',
    'SetForegroundWindow',
    'int32_t',
    ['void *'],
  );
  const getWindowThread = native.define<(window: bigint, processId: Buffer) => number>(
    'user32.dll',
    'GetWindowThreadProcessId',
    'uint32_t',
    ['void *', 'void *'],
  );
  const getClassName = native.define<(window: bigint, name: Buffer, characters: number) => number>(
    'user32.dll',
    'GetClassNameW',
    'int32_t',
    ['void *', 'void *', 'int32_t'],
  );
  const attachThreadInput = native.define<(thread: number, to: number, attach: number) => number>(
    'user32.dll',
    'AttachThreadInput',
    'int32_t',
    ['uint32_t', 'uint32_t', 'int32_t'],
  );
  const isHungAppWindow = native.define<(window: bigint) => number>(
    'user32.dll',
    'IsHungAppWindow',
    'int32_t',
    ['void *'],
  );
  // The answer of LRESULT's size is 1 or 0; its lower half is enough.
  const sendMessage = native.define<
    (
      window: bigint,
      message: number,
      first: null,
      second: null,
      flags: number,
      timeoutMs: number,
      result: Buffer,
    ) => number
  >('user32.dll', 'SendMessageTimeoutW', 'int32_t', [
    'void *',
    'uint32_t',
    'void *',
    'void *',
    'uint32_t',
    'uint32_t',
    'void *',
  ]);
  return {
    /** Undefined where no window is in front. */
    foregroundWindow: (): bigint | undefined => {
      const window = getForegroundWindow();
      return window === null || window === 0n ? undefined : window;
    },
    setForegroundWindow: (window: bigint) => setForegroundWindow(window) !== 0,
    threadOf: (window: bigint) => {
      const processId = Buffer.alloc(sizes.number);
      const threadId = getWindowThread(window, processId);
      return { threadId, processId: processId.readUInt32LE(0) };
    },
    classOf: (window: bigint): string => {
      const name = Buffer.alloc(classNameCharacters * 2);
      return getClassName(window, name, classNameCharacters) > 0 ? decodeText(name) : '';
    },
    attachInput: (thread: number, to: number, attach: boolean) =>
      attachThreadInput(thread, to, attach ? 1 : 0) !== 0,
    /** Windows' own opinion: no message taken for five seconds. Always true for a ghost, which stands in for such a window. */
    isHung: (window: bigint) => isHungAppWindow(window) !== 0,
    doesAnswer: async (window: bigint): Promise<boolean> => {
      const result = Buffer.alloc(native.pointerBytes);
      return (
        (await callInBackground(
          sendMessage,
          window,
          wmNull,
          null,
          null,
          abortIfHung,
          answersWithinMs,
          result,
        )) !== 0
      );
    },
  };
}

/** The family name of a program's app package. Empty for an ordinary program, and where Windows does not say. */
function createPackageQuestion(native: Native): (processId: number) => string {
  const { queryLimited } = windows.process;
  const openProcess = native.define<(access: number, inherit: number, processId: number) => bigint | null>(
    'kernel32.dll',
    'OpenProcess',
    'void *',
    ['uint32_t', 'int32_t', 'uint32_t'],
  );
  const closeHandle = native.define<(handle: bigint) => number>('kernel32.dll', 'CloseHandle', 'int32_t', [
    'void *',
  ]);
  const getName = native.define<(process: bigint, length: Buffer, name: Buffer) => number>(
    'kernel32.dll',
    'GetPackageFamilyName',
    'int32_t',
    ['void *', 'void *', 'void *'],
  );
  return (processId) => {
    const process = openProcess(queryLimited, 0, processId);
    if (process === null || process === 0n) return '';
    try {
      const name = Buffer.alloc(packageNameCharacters * 2);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(packageNameCharacters, 0);
      return getName(process, length, name) === 0 ? decodeText(name) : '';
    } finally {
      closeHandle(process);
    }
  };
}

function definePlaceCalls(native: Native) {
  const defineRead = (name: string) =>
    native.define<(window: bigint, answer: Buffer) => number>('user32.dll', name, 'int32_t', [
      'void *',
      'void *',
    ]);
  const getWindowRect = defineRead('GetWindowRect');
  const getClientRect = defineRead('GetClientRect');
  const clientToScreen = defineRead('ClientToScreen');
  const getMonitorInfo = defineRead('GetMonitorInfoW');
  const monitorFromWindow = native.define<(window: bigint, flags: number) => bigint>(
    'user32.dll',
    'MonitorFromWindow',
    'void *',
    ['void *', 'uint32_t'],
  );
  const getDpiForWindow = native.define<(window: bigint) => number>(
    'user32.dll',
    'GetDpiForWindow',
    'uint32_t',
    ['void *'],
  );
  const getWindowAttribute = native.define<
    (window: bigint, attribute: number, answer: Buffer, bytes: number) => number
  >('dwmapi.dll', 'DwmGetWindowAttribute', 'int32_t', ['void *', 'uint32_t', 'void *', 'uint32_t']);
  const read = (call: typeof getWindowRect, what: string, handle: bigint, answer: Buffer): Buffer => {
    if (call(handle, answer) === 0) throw new Error(`${what}: Windows gave no answer`);
    return answer;
  };
  return {
    outerOf: (window: bigint) =>
      parseRectangle(read(getWindowRect, 'GetWindowRect', window, Buffer.alloc(sizes.rectangle)), 0),
    paintedOf: (window: bigint) => {
      const { width, height } = parseRectangle(
        read(getClientRect, 'GetClientRect', window, Buffer.alloc(sizes.rectangle)),
        0,
      );
      return {
        ...parsePoint(read(clientToScreen, 'ClientToScreen', window, Buffer.alloc(sizes.point))),
        width,
        height,
      };
    },
    displayOf: (window: bigint) => {
      const info = Buffer.alloc(sizes.monitor);
      info.writeUInt32LE(sizes.monitor, 0);
      const monitor = monitorFromWindow(window, nearestMonitor);
      return parseMonitor(read(getMonitorInfo, 'GetMonitorInfoW', monitor, info));
    },
    dpiOf: (window: bigint): number => {
      const dpi = getDpiForWindow(window);
      if (dpi === 0) throw new Error('GetDpiForWindow: Windows gave no answer');
      return dpi;
    },
    /**
     * The shell hides what is on another virtual desktop. A program may also hide its own window for a moment, and a window
     * is hidden with its owner: neither says anything about desktops.
     */
    isHiddenByShell: (window: bigint): boolean => {
      const answer = Buffer.alloc(sizes.number);
      const result = getWindowAttribute(window, dwmCloaked, answer, answer.length);
      if (result !== 0) throw new Error(`DwmGetWindowAttribute: error ${result}`);
      return (answer.readUInt32LE(0) & cloakedByShell) !== 0;
    },
  };
}
