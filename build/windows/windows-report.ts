/** `npm run windows-report -- add FILE --by WHO` puts what a real PC answered into `docs/windows.md`. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../runtime/paths.ts';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { addReport, readReport, replaceTables, seenReportsSchema } from './seen-on-windows.ts';

const usage =
  'npm run windows-report -- add FILE --by "a school in Powys"; without `add` it writes the tables anew.';

/** @param root the folder that holds `docs`. */
export async function runWindowsReport(line: readonly string[], root: string): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...line],
    options: { by: { type: 'string', default: '' } },
    allowPositionals: true,
  });
  const documentFile = path.join(root, 'docs/windows.md');
  const reportsFile = path.join(root, 'docs/windows-reports.json');
  const known = seenReportsSchema.parse(JSON.parse(await readFile(reportsFile, 'utf8')));
  const [command, file] = positionals;
  if (command !== undefined && (command !== 'add' || file === undefined || values.by.trim() === '')) {
    throw new SetupError('windows-report needs a file, and who ran the check.', usage);
  }
  const reports =
    file === undefined ? known : addReport(known, readReport(await readFile(file, 'utf8'), values.by.trim()));
  await writeFile(reportsFile, `${JSON.stringify(reports, undefined, 2)}\n`);
  await writeFile(documentFile, replaceTables(await readFile(documentFile, 'utf8'), reports));
  return `docs/windows.md holds ${reports.length} reports.`;
}

if (import.meta.main) {
  await runMain(async () => {
    console.log(await runWindowsReport(process.argv.slice(2), projectRoot));
    return 0;
  });
}
