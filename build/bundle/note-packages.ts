/** Notes which packages a bundle is made of, for the licences and the bill of materials of what is shipped. */
import path from 'node:path';
import type { Plugin } from 'vite';
import { projectRoot } from '../runtime/paths.ts';

const packagePattern = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//u;

/** The folder of a module's package below the project, as the lock file names it; undefined for a module of our own. */
export const packageOf = (moduleId: string): string | undefined => {
  // A virtual module begins with a NUL; what stands behind a question mark is the bundler's.
  const file = moduleId.replace('\0', '').replace(/\?.*$/u, '').split(path.sep).join('/');
  const folder = file.match(packagePattern)?.[1];
  return folder === undefined ? undefined : path.relative(projectRoot, folder).split(path.sep).join('/');
};

/** Adds to `noted` every package that has a module in the bundle. */
export const notePackages = (noted: Set<string>): Plugin => ({
  name: 'note-packages',
  generateBundle: (_options, bundle) => {
    for (const output of Object.values(bundle)) {
      if (output.type !== 'chunk') continue;
      for (const moduleId of output.moduleIds) {
        const folder = packageOf(moduleId);
        if (folder !== undefined) noted.add(folder);
      }
    }
  },
});
