/** Tells whether a build is made from the current sources. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../runtime/paths.ts';

async function listFiles(entry: string): Promise<readonly string[]> {
  const absolute = path.join(projectRoot, entry);
  if (!existsSync(absolute)) return [];
  if (path.extname(entry) !== '') return [entry];
  const found = await readdir(absolute, { recursive: true, withFileTypes: true });
  return found
    .filter((file) => file.isFile())
    .map((file) => path.relative(projectRoot, path.join(file.parentPath, file.name)));
}

/**
 * `sources`: files and folders of the project. Hashes content, not times, so that a checkout makes no build stale.
 * `tool`: what else the build depends on, such as the version of a program.
 */
export async function hashSources(sources: readonly string[], tool = ''): Promise<string> {
  const files = (await Promise.all(sources.map(listFiles))).flat().toSorted();
  const hash = createHash('sha256').update(`${tool}\n`);
  for (const file of files) {
    const content = await readFile(path.join(projectRoot, file));
    hash.update(`${file.split(path.sep).join('/')}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Whether the build that wrote this stamp is complete and made from the current sources, with the same `tool`. */
export async function isStampFresh(
  stampFile: string,
  sources: readonly string[],
  tool = '',
): Promise<boolean> {
  if (!existsSync(stampFile)) return false;
  const [stamp, now] = await Promise.all([readFile(stampFile, 'utf8'), hashSources(sources, tool)]);
  return stamp === now;
}
