/** Two real policies that lie beside the project during development, and are not part of it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../build/runtime/paths.ts';

/** `PORTHOR_SEEDS` names another place, for a checkout elsewhere. */
const folder = process.env['PORTHOR_SEEDS'] ?? path.join(projectRoot, '../shared/seeds');

export const seedDocuments = {
  english: path.join(folder, '000_cd139cbba824bb66.txt'),
  numbered: path.join(folder, '001_c1d87ca528697076.txt'),
} as const;

export const hasSeeds = Object.values(seedDocuments).every((file) => existsSync(file));

/** Printed where they are absent; the title of a skipped test says the same. */
export const seedsMissing = `the real policies are not at ${path.relative(projectRoot, folder)}`;
