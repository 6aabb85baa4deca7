/** The agent's installers that a technician has put into a folder, with their hashes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Installer } from '../../../shared/console/enrolment.ts';

/** Of the agent, as its build names them. The collector's own packages are not for PCs. */
const installerName = /^porthor[-_](?!collector)[\w.+-]{1,80}\.(?:msi|deb)$/u;

export interface InstallerFolder {
  readonly folder: string;
  /** Newest version first; empty where there is no such folder. */
  list(): Promise<readonly Installer[]>;
  /** The full path; undefined for a name that is not in the list. */
  find(name: string): Promise<{ readonly file: string; readonly sizeBytes: number } | undefined>;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

export function createInstallerFolder(folder: string): InstallerFolder {
  /** An installer has a hundred megabytes: hash it again only after a change. */
  const known = new Map<string, { readonly stamp: string; readonly sha256: Promise<string> }>();

  const find: InstallerFolder['find'] = async (name) => {
    if (!installerName.test(name)) return undefined;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    return found?.isFile() === true ? { file, sizeBytes: found.size } : undefined;
  };

  async function describe(name: string): Promise<readonly Installer[]> {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) return [];
    const stamp = `${found.size} ${found.mtimeMs}`;
    const before = known.get(name);
    const sha256 = before?.stamp === stamp ? before.sha256 : hashFile(file);
    known.set(name, { stamp, sha256 });
    try {
      return [{ name, sizeBytes: found.size, sha256: await sha256 }];
    } catch {
      // It was removed or replaced meanwhile; the next question reads it again.
      known.delete(name);
      return [];
    }
  }

  return {
    folder,
    find,
    async list() {
      const names = await readdir(folder).catch(() => []);
      const newestFirst = names
        .filter((name) => installerName.test(name))
        .toSorted((left, right) => right.localeCompare(left, 'en', { numeric: true }));
      return (await Promise.all(newestFirst.map(describe))).flat();
    },
  };
}
