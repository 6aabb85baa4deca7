/** Where warnings appear: opens the page when a warning may follow soon, and leaves none behind. */
import type { Clock } from '../../platform/time/clock.ts';

export interface WarningSurface {
  /** Prepares the page unseen. */
  prepare(): void;
  show(): void;
  /** Removes the page, prepared or shown. */
  hide(): void;
}

/** How long a prepared page waits for a drive that does not come. */
const prepareForMs = 15_000;

export interface SurfaceControl {
  /** A page takes longer to open than a verdict takes to find, and a stick needs a second to show its volumes. */
  prepare(): void;
  /** Keeps a prepared page no longer. The next `update` hides it. */
  endPreparing(): void;
  /** When a prepared page has waited long enough, on the monotonic clock; infinite where none waits. */
  preparedUntilMs(): number;
  /** @param hasCards true while a card is on the screen. */
  update(hasCards: boolean): void;
  hide(): void;
}

export function controlSurface(surface: WarningSurface, clock: Clock): SurfaceControl {
  let preparedUntilMs = Number.POSITIVE_INFINITY;
  let isPrepared = false;
  let isShown = false;
  const endPreparing = () => {
    isPrepared = false;
    preparedUntilMs = Number.POSITIVE_INFINITY;
  };
  return {
    prepare: () => {
      isPrepared = true;
      preparedUntilMs = clock.monotonicMs() + prepareForMs;
      surface.prepare();
    },
    endPreparing,
    preparedUntilMs: () => preparedUntilMs,
    update: (hasCards) => {
      if (hasCards && !isShown) surface.show();
      if (!hasCards && !isPrepared) surface.hide();
      isShown = hasCards;
    },
    hide: () => surface.hide(),
  };
}
