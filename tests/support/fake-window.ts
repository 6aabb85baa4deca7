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

export class FakeWindow extends EventEmitter {
  readonly done: string[] = [];
  readonly webContents = new FakeContents(() =>
    this.webContents.emit('render-process-gone', {}, { reason: 'killed' }),
  );
  /** False for one whose page hangs. */
  closes = true;
  loads = 0;
  bounds = { x: 0, y: 0, width: 0, height: 0 };
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
    return true;
  }
  isFullScreen() {
    return false;
  }
  getBounds() {
    return this.bounds;
  }
  setBounds(bounds: FakeWindow['bounds']) {
    this.bounds = bounds;
  }
  setFullScreen() {}
  setTitle() {}
  setAlwaysOnTop() {}
  setVisibleOnAllWorkspaces() {}
  moveTop() {}
  focus() {}
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
