/** What keeps the agent small on the 4 GB PCs where it stays all day (product.md). */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const gtkGraphics = 'GDK_GL';

/**
 * Keeps GTK, which Chromium loads for its dialogs and its theme, from loading a graphics driver into the main process
 * to look for visuals: Mesa's software driver alone is 25 MiB there, and nothing of ours draws through it. To be called
 * before the app is ready, which is when GTK reads it; the returned function undoes it afterwards, for the programs that
 * the agent starts get the person's environment and not ours.
 */
export function keepGtkWithoutGraphics(environment: NodeJS.ProcessEnv): () => void {
  if (environment[gtkGraphics] !== undefined) return () => undefined;
  environment[gtkGraphics] = 'disable';
  return () => {
    delete environment[gtkGraphics];
  };
}

let collect: (() => void) | undefined;

/**
 * Collects the main process's garbage once, now, until there is none left. A gate leaves as much of it as the agent needs
 * for itself all day, and V8 would only come to it by and by. Never throws: an agent that keeps its memory works as well.
 *
 * V8 can be asked by nothing but its own `gc`, which it gives to the contexts that are made after the flag was set.
 */
export function giveMemoryBack(): void {
  try {
    if (collect === undefined) {
      setFlagsFromString('--expose-gc');
      const found: unknown = runInNewContext('gc');
      if (typeof found !== 'function') return;
      collect = () => void found({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    }
    collect();
  } catch {
    // Another V8 may know another way to ask.
  }
}
