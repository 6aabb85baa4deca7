/** The licences of all shipped packages: which ones fit, and their texts in one file. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { noneStated, type ShippedPackage } from './shipped-packages.ts';

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

/** What the MIT licence alone says, from its grant to its last sentence. */
const mitText =
  /^Permission is hereby granted, free of charge, to any person obtaining a copy .* to deal in the Software without restriction, .* THE SOFTWARE IS PROVIDED "AS IS", .* OR OTHER DEALINGS IN THE SOFTWARE\.$/u;

/** A package may leave the field out and carry the text alone. */
const readByText = (text: string | undefined): string | undefined => {
  const [, grant] = /(Permission is hereby granted.*)$/su.exec(text ?? '') ?? [];
  return grant !== undefined && mitText.test(grant.replaceAll(/\s+/gu, ' ').trim()) ? 'MIT' : undefined;
};

const withLicenceText = async (shipped: ShippedPackage) => {
  const text = shipped.folder === undefined ? undefined : await readLicenceText(shipped.folder);
  const licence = shipped.licence === noneStated ? readByText(text) : undefined;
  return { ...shipped, ...(licence === undefined ? {} : { licence }), text };
};

/** The content of the licence file. Rejects if a licence does not fit, because such a package must not be shipped. */
export const writeLicences = async (shipped: readonly ShippedPackage[]): Promise<string> => {
  const packages = await Promise.all(shipped.map(withLicenceText));
  const unfitting = findUnfitting(packages);
  if (unfitting.length > 0) {
    throw new Error(`supply chain: licences that do not fit MIT:\n${unfitting.join('\n')}`);
  }
  const parts: string[] = [
    'Porthor contains software by other authors. Their names, versions, licences and notices follow.\n' +
      'The notices of Electron and Chromium are in LICENSE.electron.txt and LICENSES.chromium.html.',
  ];
  for (const { name, version, licence, text } of packages) {
    parts.push(`${name} ${version}\nLicence: ${licence}${text === undefined ? '' : `\n\n${text}`}`);
  }
  return `${parts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
};
