/** The packages that reach a school's PCs: those inside the bundles, and the native ones beside them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { bundledPackagesFile } from '../bundle/build.ts';
import type { Target } from '../package/stage-app.ts';
import { projectRoot } from '../runtime/paths.ts';

/** The licence of a package whose manifest names none. */
export const noneStated = 'none stated';

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** The package's own SPDX expression. */
  readonly licence: string;
  /** The lock file's integrity: `sha512-…`. */
  readonly integrity: string;
  /** Installed folder, for the licence text; undefined for a package of another system, which is not installed here. */
  readonly folder: string | undefined;
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

const bundledSchema = z.array(z.string());

const nativesOf: Readonly<Record<Target, readonly string[]>> = {
  linux: ['@koromix/koffi-linux-x64', '@node-usb/usb-linux-x64-gnu'],
  win32: ['@koromix/koffi-win32-x64', '@node-usb/usb-win32-x64-msvc'],
  'win32-arm64': ['@koromix/koffi-win32-arm64', '@node-usb/usb-win32-arm64-msvc'],
};

/** Sorted by name. Rejects for a package that the lock file does not pin. */
export const listShippedPackages = async (target: Target): Promise<readonly ShippedPackage[]> => {
  const lock = lockSchema.parse(
    JSON.parse(await readFile(path.join(projectRoot, 'package-lock.json'), 'utf8')),
  );
  const bundled = bundledSchema.parse(JSON.parse(await readFile(bundledPackagesFile, 'utf8')));
  const places = [
    ...bundled,
    ...['koffi', 'usb', ...nativesOf[target]].map((name) => `node_modules/${name}`),
  ];
  return [...new Set(places)]
    .map((place): ShippedPackage => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const entry = lock.packages[place];
      if (entry?.version === undefined || entry.integrity === undefined) {
        throw new Error(`supply chain: ${place} is shipped but not pinned by the lock file`);
      }
      const isHere = target === 'linux' || !nativesOf[target].includes(name);
      return {
        name,
        version: entry.version,
        licence: entry.license ?? noneStated,
        integrity: entry.integrity,
        folder: isHere ? path.join(projectRoot, place) : undefined,
      };
    })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
};
