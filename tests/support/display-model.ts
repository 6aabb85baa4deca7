/**
 * A desktop of displays with scales of their own, and windows on it as Chromium and Windows place them: in physical pixels,
 * rounded at each conversion, with invisible borders or growth if a test asks for them.
 */
import type { Rectangle } from '../../electron/domain/gate/plan-cover.ts';

export interface ModelDisplay {
  readonly id: number;
  readonly pixels: Rectangle;
  readonly scaleFactor: number;
  /** Device-independent pixels, rounded so that they lie within the display. */
  readonly bounds: Rectangle;
}

export interface Traits {
  /** Chromium rounds a size to the enclosing one, or to the nearest one; versions differ. */
  readonly rounding: 'enclosing' | 'nearest';
  /** Invisible borders to the left, to the right and below, in device-independent pixels. */
  readonly insets: number;
  /** How much the window grows with each request by itself, in device-independent pixels. */
  readonly growth: number;
}

export interface Panel {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scaleFactor: number;
  readonly portrait: boolean;
}

/** Chromium forgives as much where a scale is fractional. */
const epsilon = 0.01;

/**
 * Places the panels side by side, from left to right, with their tops moved against each other. The one at `primary` is
 * at 0, 0, so those to the left of it have negative coordinates.
 */
export function arrange(
  panels: readonly Panel[],
  primary: number,
  offsetsPx: readonly number[],
): ModelDisplay[] {
  const sizes = panels.map(({ widthPx, heightPx, portrait }) =>
    portrait ? { width: heightPx, height: widthPx } : { width: widthPx, height: heightPx },
  );
  const toDip = (px: number, scale: number) => Math.floor(px / scale + epsilon);
  const lefts = (widths: readonly number[]) =>
    widths.map((_width, index) => sum(widths.slice(0, index)) - sum(widths.slice(0, primary)));
  const leftsPx = lefts(sizes.map(({ width }) => width));
  const leftsDip = lefts(sizes.map(({ width }, index) => toDip(width, panels[index]?.scaleFactor ?? 1)));
  return panels.map(({ scaleFactor }, index) => {
    const { width = 0, height = 0 } = sizes[index] ?? {};
    const top = index === primary ? 0 : (offsetsPx[index] ?? 0);
    return {
      id: index + 1,
      scaleFactor,
      pixels: { x: leftsPx[index] ?? 0, y: top, width, height },
      bounds: {
        x: leftsDip[index] ?? 0,
        y: Math.round(top / scaleFactor),
        width: toDip(width, scaleFactor),
        height: toDip(height, scaleFactor),
      },
    };
  });
}

/** One window on such a desktop. */
export class ModelWindow {
  /** In physical pixels, with its invisible borders. */
  outer: Rectangle = { x: 0, y: 0, width: 0, height: 0 };
  #grown = 0;
  readonly #current: () => readonly ModelDisplay[];
  readonly #traits: Traits;
  #last: readonly ModelDisplay[] = [];

  constructor(displays: () => readonly ModelDisplay[], traits: Traits) {
    this.#current = displays;
    this.#traits = traits;
  }

  /** While the system reports no display, a window answers as before. */
  #displays(): readonly ModelDisplay[] {
    const current = this.#current();
    if (current.length > 0) this.#last = current;
    return this.#last;
  }

  ask(dip: Rectangle): void {
    const { insets, growth } = this.#traits;
    this.#grown += growth;
    const display = mostOverlapping(this.#displays(), dip, ({ bounds }) => bounds);
    const outer = {
      x: dip.x - insets,
      y: dip.y,
      width: dip.width + 2 * insets + this.#grown,
      height: dip.height + insets + this.#grown,
    };
    this.outer = scaleAbout(
      outer,
      display.bounds,
      display.pixels,
      display.scaleFactor,
      this.#traits.rounding,
    );
  }

  answer(): Rectangle {
    const { insets } = this.#traits;
    const display = mostOverlapping(this.#displays(), this.outer, ({ pixels }) => pixels);
    const { x, y, width, height } = scaleAbout(
      this.outer,
      display.pixels,
      display.bounds,
      1 / display.scaleFactor,
      this.#traits.rounding,
    );
    return { x: x + insets, y, width: width - 2 * insets, height: height - insets };
  }

  /** What it shows, without the invisible borders. */
  painted(): Rectangle {
    const { insets } = this.#traits;
    const border = Math.round(insets * this.display().scaleFactor);
    const { x, y, width, height } = this.outer;
    return { x: x + border, y, width: width - 2 * border, height: height - border };
  }

  display(): ModelDisplay {
    return mostOverlapping(this.#displays(), this.outer, ({ pixels }) => pixels);
  }
}

/** The pixels of a display that no window paints. */
export function uncoveredPixels({ pixels }: ModelDisplay, windows: readonly ModelWindow[]): number {
  const best = Math.max(0, ...windows.map((window) => overlap(pixels, window.painted())));
  return pixels.width * pixels.height - best;
}

function scaleAbout(
  from: Rectangle,
  fromOrigin: Rectangle,
  toOrigin: Rectangle,
  scale: number,
  rounding: Traits['rounding'],
): Rectangle {
  const size = (start: number, length: number) =>
    rounding === 'nearest'
      ? Math.round(length * scale)
      : Math.ceil((start + length) * scale - epsilon) - Math.floor(start * scale + epsilon);
  return {
    x: toOrigin.x + Math.floor((from.x - fromOrigin.x) * scale + epsilon),
    y: toOrigin.y + Math.floor((from.y - fromOrigin.y) * scale + epsilon),
    width: size(from.x, from.width),
    height: size(from.y, from.height),
  };
}

function mostOverlapping(
  displays: readonly ModelDisplay[],
  rectangle: Rectangle,
  areaOf: (display: ModelDisplay) => Rectangle,
): ModelDisplay {
  const [first] = displays;
  if (first === undefined) throw new Error('no display');
  return displays.reduce((best, display) =>
    overlap(areaOf(display), rectangle) > overlap(areaOf(best), rectangle) ? display : best,
  );
}

function overlap(left: Rectangle, right: Rectangle): number {
  const width = Math.min(left.x + left.width, right.x + right.width) - Math.max(left.x, right.x);
  const height = Math.min(left.y + left.height, right.y + right.height) - Math.max(left.y, right.y);
  return width > 0 && height > 0 ? width * height : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
