/**
 * Loads the files of the main process with the code that V8 made of them at the build, so that a login waits for no parser.
 *
 * The cache is a part of the package, and never in a folder of the user's: V8 runs what is in it without a further look. V8
 * refuses a cache of another version or with other flags, and then the file is parsed as usual.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { constants, Script } from 'node:vm';

type Evaluate = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: unknown },
  directory: string,
) => void;

interface LoadedFile {
  readonly script: Script;
  readonly exports: unknown;
}

export interface CachedLoader {
  /** Runs a CommonJS file, once, and returns its exports. @param file an absolute path */
  load(file: string): unknown;
  /** The files that have run. */
  loaded(): ReadonlyMap<string, LoadedFile>;
}

export const cacheOf = (file: string): string => `${file}.cache`;

/** @param requireOther answers for everything that is not a file beside the one that asks. */
export function createCachedLoader(
  requireOther: (id: string, asking: string) => unknown = (id, asking) => createRequire(asking)(id),
): CachedLoader {
  const loaded = new Map<string, { script: Script; exports: unknown }>();
  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const script = compile(file);
    const module = { script, exports: {} as unknown };
    // Known before it runs: files may need each other.
    loaded.set(file, module);
    const directory = path.dirname(file);
    const requireFrom = (id: string) =>
      id.startsWith('.') ? load(path.join(directory, id)) : requireOther(id, file);
    (script.runInThisContext() as Evaluate)(module.exports as object, requireFrom, module, directory);
    return module.exports;
  };
  return { load, loaded: () => loaded };
}

function compile(file: string): Script {
  const cachedData = readCache(file);
  return new Script(`(function (exports, require, module, __dirname) {${readFileSync(file, 'utf8')}\n})`, {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/** Undefined where the build made none: no runtime of the target could be started there. */
function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(cacheOf(file));
  } catch {
    return undefined;
  }
}
