/** Builds the collector's Debian package from a staged folder with `dpkg-deb`. */
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../runtime/child.ts';
import { step } from '../runtime/progress.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { ensurePrograms } from '../runtime/system-packages.ts';

const sources = fileURLToPath(new URL('.', import.meta.url));
const program = 'usr/lib/porthor-collector';
const settings = 'etc/porthor-collector/collector.env';

const writeControl = (version: string, installedKilobytes: number): string => `Package: porthor-collector
Version: ${version}
Section: education
Priority: optional
Architecture: amd64
Depends: libc6 (>= 2.28), libstdc++6, passwd, util-linux
Installed-Size: ${installedKilobytes}
Maintainer: The Porthor authors <porthor@localhost>
Description: collector of Porthor
 Keeps what school workstations report, shows it to the school and proves it.
 Carries its own Node.
`;

const placed: readonly (readonly [string, string, number])[] = [
  ['porthor-collector.service', 'usr/lib/systemd/system/porthor-collector.service', 0o644],
  ['porthor-collector.sh', 'usr/bin/porthor-collector', 0o755],
  ['collector.env', settings, 0o600],
  ['collector.env', 'usr/share/doc/porthor-collector/collector.env', 0o644],
  ['postinst.sh', 'DEBIAN/postinst', 0o755],
  ['prerm.sh', 'DEBIAN/prerm', 0o755],
  ['postrm.sh', 'DEBIAN/postrm', 0o755],
];

/** Makes every file readable by all and writable by root alone, whatever the builder's umask. */
const setModes = async (root: string): Promise<void> => {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    await chmod(file, entry.isDirectory() ? 0o755 : 0o644);
  }
  await chmod(path.join(root, program, 'node'), 0o755);
};

const compressions = { small: ['-Zxz', '-z6'], quick: ['-Zgzip', '-z1'] } as const;

/** Rejects with a SetupError if the tool is missing or fails. */
export const buildCollectorDeb = async (options: {
  readonly stagedFolder: string;
  readonly outputFile: string;
  readonly version: string;
  /** `small` takes a minute, `quick` a few seconds. */
  readonly compression: keyof typeof compressions;
}): Promise<void> => {
  await ensurePrograms('the Debian package', [{ what: 'dpkg-deb', packages: ['dpkg'] }]);
  const root = await mkdtemp(path.join(tmpdir(), 'porthor-collector-deb-'));
  try {
    await cp(options.stagedFolder, path.join(root, program), { recursive: true });
    const documents = path.join(root, 'usr/share/doc/porthor-collector');
    await mkdir(documents, { recursive: true });
    await cp(path.join(options.stagedFolder, 'LICENSE'), path.join(documents, 'copyright'));
    await setModes(root);
    for (const [from, to, mode] of placed) {
      const file = path.join(root, to);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
      await cp(path.join(sources, from), file);
      await chmod(file, mode);
    }
    const size = Number.parseInt((await run('du', ['-sk', root])).stdout, 10);
    await writeFile(path.join(root, 'DEBIAN/control'), writeControl(options.version, size));
    await writeFile(path.join(root, 'DEBIAN/conffiles'), `/${settings}\n`);
    await mkdir(path.dirname(options.outputFile), { recursive: true });
    const args = [...compressions[options.compression], '--root-owner-group', '--build'];
    const built = await step('Building the collector’s Debian package', () =>
      run('dpkg-deb', [...args, root, options.outputFile], { deadlineMs: 900_000 }),
    );
    if (built.status !== 0) {
      throw new SetupError(`dpkg-deb did not build the package:\n${built.stderr.trim()}`, 'See above.');
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
