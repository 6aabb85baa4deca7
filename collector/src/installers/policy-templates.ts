/** The Group Policy templates as one ZIP file, in the folders that a central store has. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const templates = fileURLToPath(new URL('../../../build/gpo/PolicyDefinitions', import.meta.url));
/** The same content gives the same file. */
const mtime = new Date('2026-01-01T00:00:00Z');

/** Rejects if the collector was installed without them. */
export async function zipPolicyTemplates(): Promise<Buffer> {
  const entries = await readdir(templates, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.toSorted().map(async (file) => {
      const name = path.relative(templates, file).split(path.sep).join('/');
      return [`PolicyDefinitions/${name}`, new Uint8Array(await readFile(file))] as const;
    }),
  );
  return Buffer.from(zipSync(Object.fromEntries(contents), { mtime }));
}
