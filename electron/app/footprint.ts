/** What keeps the agent small on the 4 GB PCs where it stays all day (product.md). */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const gtkGraphics = 'GDK_GL';

/**
 * Keeps GTK, which Chromium loads for dialogs and the theme, from loading a graphics driver into the main process to
 * look for visuals. Mesa's software driver alone takes 25 MiB there, and nothing of ours draws through it. Call this
 * before the app is ready, which is when GTK reads the environment. Call the returned function afterwards: the programs
 * that the agent starts must get the user's environment.
 */
export function keepGtkWithoutGraphics(environment: NodeJS.ProcessEnv): () => void {
  if (environment[gtkGraphics] !== undefined) return () => undefined;
  environment[gtkGraphics] = 'disable';
  return () => {
    delete environment[gtkGraphics];
  };
}

/**
 * Has zod check values without code that it compiles for each schema. The agent checks most schemas once or twice in a
 * login, so the compiling takes longer than the checks. Call this before zod is loaded: a schema decides when it is made.
 */
export function checkWithoutCompiler(): void {
  const shared = globalThis as ZodSettings;
  const settings = shared.__zod_globalConfig ?? {};
  settings.jitless = true;
  shared.__zod_globalConfig = settings;
}

/** Where zod keeps what `z.config` sets. Calling that would load zod. */
interface ZodSettings {
  __zod_globalConfig?: { jitless?: boolean };
}

let collect: (() => void) | undefined;

/**
 * Collects the main process's garbage now, until none is left. A gate leaves as much garbage as the agent uses all day,
 * and V8 would collect it only slowly. Never throws: an agent that keeps its memory still works.
 *
 * V8 offers only its own `gc` for this, and only in contexts that are made after the flag was set.
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
    // Another version of V8 may offer another way.
  }
}
