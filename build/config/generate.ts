/** `npm run generate`: writes every file that derives from the table of the managed configuration. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAdml, writeAdmx } from '../gpo/templates.ts';
import { writeSettingsSource } from '../msi/settings-source.ts';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { writeJsonSchema, writeSettingsTable } from './settings-table.ts';

/** Path below the project → content. The files are committed; a test fails when they differ from the table. */
export const generatedFiles = (): ReadonlyMap<string, string> => {
  const english = writeAdml('en-GB');
  return new Map([
    ['build/msi/settings.wxs', writeSettingsSource()],
    ['build/gpo/PolicyDefinitions/porthor.admx', writeAdmx()],
    ['build/gpo/PolicyDefinitions/en-GB/porthor.adml', english],
    // The Group Policy editor falls back to en-US only, if no file in its own language exists.
    ['build/gpo/PolicyDefinitions/en-US/porthor.adml', english],
    ['build/gpo/PolicyDefinitions/cy-GB/porthor.adml', writeAdml('cy-GB')],
    ['build/gpo/SETTINGS.md', writeSettingsTable()],
    ['build/gpo/porthor.schema.json', writeJsonSchema()],
  ]);
};

const main = async (): Promise<number> => {
  for (const [file, content] of generatedFiles()) {
    const absolute = path.join(projectRoot, file);
    await mkdir(path.dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
    console.log(file);
  }
  return 0;
};

if (import.meta.main) await runMain(main);
