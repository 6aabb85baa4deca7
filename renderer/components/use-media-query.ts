/** Whether a media query matches now. */
import { useSyncExternalStore } from 'react';

/** @param drawnAs the answer where the page is drawn outside a window, and until React has taken that page over. */
export function useMediaQuery(query: string, drawnAs = false): boolean {
  return useSyncExternalStore(
    (notify) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', notify);
      return () => list.removeEventListener('change', notify);
    },
    () => window.matchMedia(query).matches,
    () => drawnAs,
  );
}
