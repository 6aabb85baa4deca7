/** Which display carries the gate and which are covered. */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DisplayFacts {
  readonly id: number;
  /** In device-independent pixels. */
  readonly bounds: Rectangle;
  /** Physical pixels to one device-independent pixel. */
  readonly scaleFactor: number;
}

export interface CoverPlan {
  /** Undefined only while the system reports no usable display at all. */
  readonly gate: DisplayFacts | undefined;
  readonly covers: readonly DisplayFacts[];
}

/**
 * The gate stays where it is while that display exists; else it goes where the person is, else to the first
 * display. So a display that is unplugged never takes the only *Accept* with it.
 */
export function planCover(
  displays: readonly DisplayFacts[],
  gateDisplayId: number | undefined,
  personDisplayId: number | undefined,
): CoverPlan {
  const usable = displays.filter(({ bounds }) => bounds.width > 0 && bounds.height > 0);
  // Mirrored displays are reported twice with one area; a second window there would only hide the first.
  const distinct = usable.filter(
    (display, index) => usable.findIndex((other) => sameRectangle(other.bounds, display.bounds)) === index,
  );
  const gate =
    distinct.find(({ id }) => id === gateDisplayId) ??
    distinct.find(({ id }) => id === personDisplayId) ??
    distinct[0];
  return { gate, covers: distinct.filter((display) => display !== gate) };
}

export function sameRectangle(left: Rectangle, right: Rectangle): boolean {
  return (
    left.x === right.x && left.y === right.y && left.width === right.width && left.height === right.height
  );
}
