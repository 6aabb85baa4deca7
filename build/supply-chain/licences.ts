/** The licences of all shipped packages: which ones fit, and their texts in one file. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ShippedPackage } from './shipped-packages.ts';

/** Licences that ask only for their notice inside an MIT product. */
const fitting: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  // A font: its file stays as it is, with this licence beside it.
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** `(MIT OR GPL-3.0)` fits, because it offers a choice; `MIT AND GPL-3.0` does not. Nested expressions never fit. */
export const isFitting = (expression: string): boolean => {
  const plain = expression.trim().replace(/^\((.*)\)$/u, '$1');
  if (/[()]/u.test(plain)) return false;
  return plain
    .split(/\s+OR\s+/u)
    .some((choice) => choice.split(/\s+AND\s+/u).every((licence) => fitting.has(licence.trim())));
};

/** Packages whose licence does not fit, as `name version: licence`. */
const findUnfitting = (packages: readonly ShippedPackage[]): readonly string[] =>
  packages
    .filter(({ licence }) => !isFitting(licence))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence}`);

const readLicenceText = async (folder: string): Promise<string | undefined> => {
  const files = await readdir(folder);
  const file = files.toSorted().find((name) => /^(licen[cs]e|copying)([.-].*)?$/iu.test(name));
  return file === undefined ? undefined : (await readFile(path.join(folder, file), 'utf8')).trim();
};

/** The content of the licence file. Rejects if a licence does not fit, because such a package must not be shipped. */
export const writeLicences = async (packages: readonly ShippedPackage[]): Promise<string> => {
  const unfitting = findUnfitting(packages);
  if (unfitting.length > 0) {
    throw new Error(`supply chain: licences that do not fit MIT:\n${unfitting.join('\n')}`);
  }
  const parts: string[] = [
    'Porthor contains software by other authors. Their names, versions, licences and notices follow.\n' +
      'The notices of Electron and Chromium are in LICENSE.electron.txt and LICENSES.chromium.html.',
  ];
  for (const { name, version, licence, folder } of packages) {
    const text = folder === undefined ? undefined : await readLicenceText(folder);
    parts.push(`${name} ${version}\nLicence: ${licence}${text === undefined ? '' : `\n\n${text}`}`);
  }
  return `${parts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
};
