/** The part of Electron's windows that the agent uses, for tests without Electron. */
import { EventEmitter } from 'node:events';

class FakeContents extends EventEmitter {
  hasCrashed = false;
  readonly #gone: () => void;
  constructor(gone: () => void) {
    super();
    this.#gone = gone;
  }
  isCrashed() {
    return this.hasCrashed;
  }
  /** As Electron does: the page is gone, and an event says so. */
  forcefullyCrashRenderer() {
    if (this.hasCrashed) return;
    this.hasCrashed = true;
    this.#gone();
  }
}

let windows = 0;

/** A handle as Windows gives it: the bytes of a pointer. */
function nextHandle(): Buffer {
  windows += 1;
  const handle = Buffer.alloc(8);
  handle.writeBigUInt64LE(BigInt(windows));
  return handle;
}

export class FakeWindow extends EventEmitter {
  readonly handle = nextHandle();
  readonly done: string[] = [];
  readonly webContents = new FakeContents(() =>
    this.webContents.emit('render-process-gone', {}, { reason: 'killed' }),
  );
  /** False for one whose page hangs. */
  closes = true;
  loads = 0;
  bounds = { x: 0, y: 0, width: 0, height: 0 };
  /** What the window answers when it has been asked for bounds. Real windows round, and may grow. */
  answer = (asked: FakeWindow['bounds']) => asked;
  requests = 0;
  isActive = true;
  /** How often Electron was asked to focus it. */
  focused = 0;
  #isGone = false;
  #isVisible = false;

  isDestroyed() {
    return this.#isGone;
  }
  isVisible() {
    return this.#isVisible;
  }
  isMinimized() {
    return false;
  }
  isFocused() {
    return this.isActive;
  }
  getNativeWindowHandle() {
    return this.handle;
  }
  isFullScreen() {
    return false;
  }
  getBounds() {
    return this.bounds;
  }
  setBounds(bounds: FakeWindow['bounds']) {
    this.requests += 1;
    this.bounds = this.answer(bounds);
  }
  setFullScreen() {}
  setTitle() {}
  setAlwaysOnTop() {}
  setVisibleOnAllWorkspaces() {}
  moveTop() {}
  focus() {
    this.focused += 1;
  }
  showInactive() {
    this.#isVisible = true;
  }
  loadURL() {
    this.loads += 1;
    this.webContents.hasCrashed = false;
    return Promise.resolve();
  }
  hide() {
    this.#isVisible = false;
    this.done.push('hide');
  }
  /** A request to close, which a listener may prevent. */
  close() {
    this.done.push('close');
    let isPrevented = false;
    this.emit('close', {
      preventDefault: () => {
        isPrevented = true;
      },
    });
    if (!isPrevented && this.closes) queueMicrotask(() => this.#go());
  }
  destroy() {
    this.done.push('destroy');
    this.#go();
  }
  #go() {
    if (this.#isGone) return;
    this.#isGone = true;
    this.emit('closed');
  }
}
