/** Records which packages a bundle contains, for the licences and the bill of materials. */
import path from 'node:path';
import type { Plugin } from 'vite';
import { projectRoot } from '../runtime/paths.ts';

const packagePattern = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//u;

/** The folder of a module's package, as the lock file names it; undefined for the project's own modules. */
export const packageOf = (moduleId: string): string | undefined => {
  // Virtual modules start with a NUL. The bundler adds the part after a question mark.
  const file = moduleId.replace('\0', '').replace(/\?.*$/u, '').split(path.sep).join('/');
  const folder = file.match(packagePattern)?.[1];
  return folder === undefined ? undefined : path.relative(projectRoot, folder).split(path.sep).join('/');
};

/** Adds every package with a module in the bundle to `noted`. */
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
