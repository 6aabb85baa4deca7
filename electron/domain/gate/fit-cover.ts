/**
 * Whether a window covers its display, and which bounds to ask for if it does not.
 *
 * A window seldom answers with the bounds that it was asked for. Chromium rounds each conversion between
 * device-independent and physical pixels by itself, and Windows may add invisible borders. So the agent does not compare
 * for equality. It asks for bounds, takes what the window answers as its place, and asks again only while a pixel of the
 * display is uncovered or the window reaches far beyond it. A window may reach a little onto the neighbouring display:
 * only another window of the gate is there.
 */
import type { Rectangle } from './plan-cover.ts';

/** What the system itself says about a window, in physical pixels. */
interface PixelFacts {
  /** The area that the window paints. */
  readonly painted: Rectangle;
  /** The display that most of the window is on. */
  readonly display: Rectangle;
}

/** What a window answers now. */
export interface Answer {
  /** The bounds that the window names, in device-independent pixels. */
  readonly bounds: Rectangle;
  /** Undefined where the system cannot say it. */
  readonly pixels: PixelFacts | undefined;
}

export interface Target {
  /** In device-independent pixels. */
  readonly bounds: Rectangle;
  /** Physical pixels to one device-independent pixel. */
  readonly scaleFactor: number;
}

/** How far the agent has come in placing one window. */
export interface Fit {
  readonly target: Target;
  /** The bounds of the last request. */
  readonly asked: Rectangle;
  /** Requests so far, the first included. */
  readonly requests: number;
  /** What the window answered when it was found in its place; undefined until then. */
  readonly settled: Rectangle | undefined;
}

export interface Judgement {
  /** No pixel of the display is uncovered, as far as can be seen. */
  readonly covers: boolean;
  /** The window is to be asked for `fit.asked` now. */
  readonly ask: boolean;
  readonly fit: Fit;
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Rounding moves an edge by one on each conversion, there and back. */
const roundingDip = 2;
/** The page of a window that reaches further beyond its display could lose a button at the edge. */
const mostSurplusDip = 16;
/** More requests for less do not help: the window grows by itself. */
const mostRequests = 4;
/** The largest correction of one edge. A window that is further off was moved, and its answer teaches nothing. */
const mostCorrectionDip = 16;

/**
 * The first request. At a fractional scale the bounds of a display are rounded down, so one more to the right and below
 * reaches the last pixel.
 * @param canBeCorrected false where the window fills its display by full screen: there the bounds of a request have no
 * effect, and the answer is only rounded.
 */
export function startFit(target: Target, canBeCorrected: boolean): Fit {
  const { bounds, scaleFactor } = target;
  const more = Number.isInteger(scaleFactor) || !canBeCorrected ? 0 : 1;
  return {
    target,
    asked: { ...bounds, width: bounds.width + more, height: bounds.height + more },
    requests: 1,
    settled: undefined,
  };
}

/** Compares what the window answers with its display. Call it once a second: a window needs time to follow a request. */
export function judgeFit(fit: Fit, answer: Answer, canBeCorrected: boolean): Judgement {
  const { bounds } = answer;
  const gap = gapOf(fit.target, answer, canBeCorrected);
  if (isNone(gap)) {
    const surplus = surplusOf(fit.target.bounds, bounds);
    const accepted = fit.settled === undefined ? 0 : surplusOf(fit.target.bounds, fit.settled);
    if (surplus <= Math.max(accepted, mostSurplusDip) || fit.requests >= mostRequests || !canBeCorrected) {
      return { covers: true, ask: false, fit: { ...fit, settled: bounds } };
    }
    return { covers: true, ask: true, fit: { ...fit, requests: fit.requests + 1, settled: undefined } };
  }
  // A window that had settled was moved since, so what settled it then does so again.
  const wasMoved = fit.settled !== undefined || largestOf(gap) > mostCorrectionDip;
  return { covers: false, ask: true, fit: wasMoved || !canBeCorrected ? again(fit) : askForMore(fit, gap) };
}

/** The same request once more. */
function again(fit: Fit): Fit {
  return { ...fit, requests: 1, settled: undefined };
}

/** The uncovered part at each edge of the display, in device-independent pixels. */
function gapOf({ bounds, scaleFactor }: Target, answer: Answer, canBeCorrected: boolean): Edges {
  const dip = edgesWithin(answer.bounds, bounds);
  const { pixels } = answer;
  if (pixels === undefined) return ignoreUpTo(dip, canBeCorrected ? 0 : 1);
  // Physical pixels decide. But they name the display under the window, which is another one after a move.
  const moved = ignoreUpTo(dip, roundingDip);
  if (!isNone(moved)) return moved;
  const uncovered = edgesWithin(pixels.painted, pixels.display);
  return mapEdges(uncovered, (edge) => Math.ceil(edge / scaleFactor));
}

function askForMore(fit: Fit, gap: Edges): Fit {
  const { bounds } = fit.target;
  const before = edgesWithin(bounds, fit.asked);
  const more = (edge: keyof Edges) => Math.min(before[edge] + gap[edge], mostCorrectionDip);
  return {
    ...fit,
    asked: {
      x: bounds.x - more('left'),
      y: bounds.y - more('top'),
      width: bounds.width + more('left') + more('right'),
      height: bounds.height + more('top') + more('bottom'),
    },
    requests: fit.requests + 1,
  };
}

/** How much of `outer` lies beyond each edge of `inner`. */
function edgesWithin(inner: Rectangle, outer: Rectangle): Edges {
  return {
    left: Math.max(0, inner.x - outer.x),
    top: Math.max(0, inner.y - outer.y),
    right: Math.max(0, outer.x + outer.width - inner.x - inner.width),
    bottom: Math.max(0, outer.y + outer.height - inner.y - inner.height),
  };
}

function surplusOf(display: Rectangle, window: Rectangle): number {
  return largestOf(edgesWithin(display, window));
}

function largestOf({ left, top, right, bottom }: Edges): number {
  return Math.max(left, top, right, bottom);
}

function mapEdges(edges: Edges, change: (edge: number) => number): Edges {
  return {
    left: change(edges.left),
    top: change(edges.top),
    right: change(edges.right),
    bottom: change(edges.bottom),
  };
}

function ignoreUpTo(edges: Edges, slack: number): Edges {
  return mapEdges(edges, (edge) => (edge > slack ? edge : 0));
}

function isNone(edges: Edges): boolean {
  return Object.values(edges).every((edge) => edge === 0);
}
