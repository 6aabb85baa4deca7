/** Builds the Debian package from a packed folder with `dpkg-deb`. */
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../runtime/child.ts';
import { projectRoot } from '../runtime/paths.ts';
import { step } from '../runtime/progress.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { ensurePrograms } from '../runtime/system-packages.ts';

export interface DebOptions {
  readonly packedFolder: string;
  readonly outputFile: string;
  readonly version: string;
  readonly description: string;
  /** `small` takes a minute, `quick` a few seconds. */
  readonly compression: 'small' | 'quick';
}

/** Libraries that Electron links to but does not contain. The second name is for systems before Debian 13 and Ubuntu 24.04. */
const depends = [
  'libasound2t64 | libasound2',
  'libatk-bridge2.0-0t64 | libatk-bridge2.0-0',
  'libatspi2.0-0t64 | libatspi2.0-0',
  'libcups2t64 | libcups2',
  'libdrm2',
  'libgbm1',
  'libgtk-3-0t64 | libgtk-3-0',
  'libnss3',
  'libxkbcommon0',
  'libxrandr2',
];

const compressions = { small: ['-Zxz', '-z6'], quick: ['-Zgzip', '-z1'] } as const;

const writeControl = (
  version: string,
  description: string,
  installedKilobytes: number,
): string => `Package: porthor
Version: ${version}
Section: education
Priority: optional
Architecture: amd64
Depends: ${depends.join(', ')}
Installed-Size: ${installedKilobytes}
Maintainer: The Porthor authors <porthor@localhost>
Description: doorkeeper for school workstations
 ${description}
`;

const watchdog = 'usr/lib/porthor/keep-running';

const writeDesktopEntry = (program: string): string => `[Desktop Entry]
Type=Application
Name=Porthor
Comment=The school's acceptable use policy
Comment[cy]=Polisi defnydd derbyniol yr ysgol
Exec=${program}
Icon=porthor
Categories=Education;
StartupWMClass=Porthor
`;

/**
 * Starts the watchdog for every user at every desktop login. Not a systemd unit, because many desktops run no systemd user
 * session, and the agent must run in all of them.
 */
const autostart = `${writeDesktopEntry(`/${watchdog}`)}X-GNOME-Autostart-enabled=true
NoDisplay=true
`;

const put = async (file: string, text: string): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
};

/** Makes every file readable by all and writable by root alone, whatever the builder's umask. */
const setModes = async (root: string): Promise<void> => {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(file, 0o755);
    else if (entry.isFile()) await chmod(file, 0o644);
  }
  const programs = ['opt/Porthor/porthor', 'opt/Porthor/chrome_crashpad_handler', watchdog];
  for (const program of programs) await chmod(path.join(root, program), 0o755);
  // Chromium's sandbox needs the setuid bit on systems that forbid unprivileged user namespaces.
  await chmod(path.join(root, 'opt/Porthor/chrome-sandbox'), 0o4755);
};

/** Rejects with a SetupError if the tool is missing or fails. */
export const buildDeb = async (options: DebOptions): Promise<void> => {
  await ensurePrograms('the Debian package', [{ what: 'dpkg-deb', packages: ['dpkg'] }]);
  const root = await mkdtemp(path.join(tmpdir(), 'porthor-deb-'));
  try {
    await cp(options.packedFolder, path.join(root, 'opt/Porthor'), { recursive: true });
    await put(
      path.join(root, 'usr/share/applications/porthor.desktop'),
      writeDesktopEntry('/opt/Porthor/porthor'),
    );
    await mkdir(path.join(root, path.dirname(watchdog)), { recursive: true });
    await cp(path.join(projectRoot, 'build/package/keep-running.sh'), path.join(root, watchdog));
    await put(path.join(root, 'etc/xdg/autostart/porthor.desktop'), autostart);
    const icons = path.join(root, 'usr/share/icons/hicolor/512x512/apps');
    await mkdir(icons, { recursive: true });
    await cp(path.join(projectRoot, 'assets/icons/app.png'), path.join(icons, 'porthor.png'));
    const documents = path.join(root, 'usr/share/doc/porthor');
    await mkdir(documents, { recursive: true });
    await cp(path.join(projectRoot, 'LICENSE'), path.join(documents, 'copyright'));
    await setModes(root);
    await mkdir(path.join(root, 'usr/bin'), { recursive: true });
    await symlink('/opt/Porthor/porthor', path.join(root, 'usr/bin/porthor'));
    const size = Number.parseInt((await run('du', ['-sk', root])).stdout, 10);
    await put(path.join(root, 'DEBIAN/control'), writeControl(options.version, options.description, size));
    await put(path.join(root, 'DEBIAN/conffiles'), '/etc/xdg/autostart/porthor.desktop\n');
    await mkdir(path.dirname(options.outputFile), { recursive: true });
    const args = [...compressions[options.compression], '--root-owner-group', '--build'];
    const built = await step('Building the Debian package', () =>
      run('dpkg-deb', [...args, root, options.outputFile], { deadlineMs: 900_000 }),
    );
    if (built.status !== 0) {
      throw new SetupError(`dpkg-deb did not build the package:\n${built.stderr.trim()}`, 'See above.');
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
