/** Draws the gate's first screen in the main process, with the pages' own components, which the build has put into one file. */
import { join } from 'node:path';
import { BrowserWindow, type WebContents } from 'electron';
import type { DrawnScreen, PageSize } from '../../shared/ipc/contract.ts';

type Draw<State> = (state: State, pageSize: PageSize) => string;

export interface FirstScreen<State> {
  /** Loads the file, so that the drawing does not wait for it. */
  prepare(): void;
  /** Undefined where it cannot be drawn: the page then draws itself. */
  draw(state: State, page: WebContents): DrawnScreen | undefined;
  /** Lets go of the file. A later `draw` loads it again. */
  forget(): void;
}

/** @param load runs a file of the build and returns its exports. */
export function createFirstScreen<State>(
  mainFolder: string,
  load: (file: string) => unknown,
  onFailed: (error: unknown) => void,
): FirstScreen<State> {
  let loaded: Draw<State> | undefined;
  const drawer = (): Draw<State> => {
    loaded ??= (load(join(mainFolder, 'first-screen.cjs')) as { drawFirstScreen: Draw<State> })
      .drawFirstScreen;
    return loaded;
  };
  const orUndefined = <Value>(work: () => Value): Value | undefined => {
    try {
      return work();
    } catch (error) {
      onFailed(error);
      return undefined;
    }
  };
  return {
    prepare: () => void orUndefined(drawer),
    draw: (state, page) =>
      orUndefined(() => {
        const [width = 0, height = 0] = BrowserWindow.fromWebContents(page)?.getContentSize() ?? [];
        const pageSize = { width, height };
        return { html: drawer()(state, pageSize), pageSize };
      }),
    forget: () => {
      loaded = undefined;
    },
  };
}
