/** Decides which modules of the main process share a file, so that the gate's way to its first paint reads few files. */

/** Finds what the bundler knows of a module: the modules that must be loaded before it runs. */
export type FindModule = (moduleId: string) => { readonly importedIds: readonly string[] } | null;

/** The module and everything that must be loaded with it. */
function closureOf(root: string, find: FindModule): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [root];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...(find(id)?.importedIds ?? []));
  }
  return found;
}

/**
 * The file of a module: `start` for what `entry` imports, which is loaded before the first window; `agent` for what an agent
 * loads behind that window; null where the bundler decides.
 *
 * @param agent loaded on demand, by every agent, before its gate paints.
 */
export function createChunkNames(entry: string, agent: string) {
  let early: ReadonlySet<string> | undefined;
  let behind: ReadonlySet<string> | undefined;
  return (moduleId: string, find: FindModule): 'start' | 'agent' | null => {
    early ??= closureOf(entry, find);
    behind ??= closureOf(agent, find);
    if (moduleId !== entry && early.has(moduleId)) return 'start';
    return behind.has(moduleId) ? 'agent' : null;
  };
}
