/** Packs a small Linux for the virtual machine: busybox, udev, util-linux, cryptsetup, Node and the agent's bundle. */
import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { run } from '../../../build/runtime/child.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';
import { SetupError } from '../../../build/runtime/setup-error.ts';
import type { Kernel } from './kernel.ts';

/** Copied from this machine with the libraries that they link to. */
const programs = [
  '/bin/busybox',
  '/lib/systemd/systemd-udevd',
  '/bin/udevadm',
  '/lib/udev/cdrom_id',
  '/lib/udev/scsi_id',
  '/bin/lsblk',
  '/bin/findmnt',
  '/bin/sync',
  '/bin/mount',
  '/bin/umount',
  '/usr/bin/setpriv',
  '/sbin/cryptsetup',
  '/sbin/mkfs.vfat',
];

const udevRules = [
  '50-udev-default.rules',
  '60-block.rules',
  '60-cdrom_id.rules',
  '60-persistent-storage.rules',
  '60-persistent-storage-dm.rules',
  '80-drivers.rules',
];

const modules = [
  'xhci-pci',
  'usb-storage',
  'uas',
  'sd_mod',
  'sr_mod',
  'hid-generic',
  'usbhid',
  'dm-crypt',
  'dm-verity',
  'xts',
  'ecb',
  'vfat',
  'nls_cp437',
  'nls_ascii',
  'exfat',
  'isofs',
  'loop',
  'virtio_pci',
  '9pnet_virtio',
  '9p',
];

/** The libraries of a program or library, by ldd; empty for a statically linked one. */
async function listLibraries(file: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [file]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/gu)].flatMap((match) => match[1] ?? []);
}

async function install(root: string, file: string): Promise<void> {
  const target = path.join(root, file);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(await realpath(file), target);
}

async function installModules(root: string, kernel: Kernel): Promise<void> {
  const folder = path.join('lib/modules', kernel.version);
  const lines = (await readFile(path.join(kernel.root, folder, 'modules.dep'), 'utf8')).split('\n');
  const dependencies = new Map<string, readonly string[]>();
  const byName = new Map<string, string>();
  for (const line of lines) {
    const [file, rest] = line.split(':');
    if (file === undefined || rest === undefined) continue;
    dependencies.set(file, rest.trim().split(/\s+/u).filter(Boolean));
    byName.set(path.basename(file, '.ko').replaceAll('_', '-'), file);
  }
  const wanted = new Set<string>();
  const want = (file: string) => {
    if (wanted.has(file)) return;
    wanted.add(file);
    for (const dependency of dependencies.get(file) ?? []) want(dependency);
  };
  for (const name of modules) {
    const file = byName.get(name.replaceAll('_', '-'));
    if (file !== undefined) want(file);
  }
  for (const file of wanted) {
    const target = path.join(root, folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(path.join(kernel.root, folder, file), target);
  }
  const { status, stderr } = await run('busybox', ['depmod', '-b', root, kernel.version]);
  if (status !== 0) throw new SetupError(`depmod failed: ${stderr}`, 'Run the command again.');
}

const linkedFolders = ['bin', 'sbin', 'lib', 'lib64'];

/** `agentFolder` holds `main.js` and its chunks. Recreates the file each time. */
export async function makeInitramfs(
  file: string,
  options: {
    readonly kernel: Kernel;
    /** Undefined where the agent runs only after the change into another system. */
    readonly agentFolder: string | undefined;
    readonly guestFolder: string;
    /** The script in `guestFolder` that is the first process. */
    readonly initFile: string;
  },
): Promise<void> {
  const root = `${file}.root`;
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  for (const folder of linkedFolders) {
    await mkdir(path.join(root, 'usr', folder), { recursive: true });
    await symlink(`usr/${folder}`, path.join(root, folder));
  }
  for (const folder of ['proc', 'sys', 'dev', 'run', 'tmp', 'etc', 'media', 'agent', 'etc/udev']) {
    await mkdir(path.join(root, folder), { recursive: true });
  }
  const libraries = new Set<string>();
  const node = process.execPath;
  const binding = path.join(projectRoot, 'node_modules/@node-usb/usb-linux-x64-gnu/usb.linux-x64-gnu.node');
  for (const program of [...programs, node, binding]) {
    for (const library of await listLibraries(program)) libraries.add(library);
  }
  // Loaded at run time, so ldd does not name it: cryptsetup's threads need it to end.
  const late = '/lib/x86_64-linux-gnu/libgcc_s.so.1';
  if (await exists(late)) libraries.add(late);
  for (const item of [...programs, ...libraries]) await install(root, item);
  await copyFile(node, path.join(root, 'usr/bin/node'));
  await symlink('busybox', path.join(root, 'usr/bin/sh'));
  for (const rule of udevRules) {
    const source = path.join('/lib/udev/rules.d', rule);
    if (await exists(source)) await install(root, source);
  }
  await writeFile(
    path.join(root, 'etc/passwd'),
    'root:x:0:0::/:/bin/sh\nagent:x:1000:1000::/agent:/bin/sh\n',
  );
  await writeFile(
    path.join(root, 'etc/group'),
    'root:x:0:\ndisk:x:6:\ncdrom:x:24:\ntty:x:5:\nagent:x:1000:\n',
  );
  await writeFile(path.join(root, 'etc/fstab'), '');
  await symlink('/proc/self/mounts', path.join(root, 'etc/mtab'));
  await installModules(root, options.kernel);
  if (options.agentFolder !== undefined) {
    await cp(options.agentFolder, path.join(root, 'agent'), { recursive: true });
  }
  await writeFile(path.join(root, 'agent/package.json'), '{"type":"module"}\n');
  for (const name of ['usb', '@node-usb']) {
    await cp(path.join(projectRoot, 'node_modules', name), path.join(root, 'agent/node_modules', name), {
      recursive: true,
    });
  }
  await copyFile(path.join(options.guestFolder, options.initFile), path.join(root, 'init'));
  await chmod(path.join(root, 'init'), 0o755);
  // The archive that the kernel unpacks (initramfs buffer format): cpio "newc", not compressed, which is quickest here.
  await promisify(execFile)('sh', [
    '-c',
    'cd "$1" && find . -print0 | busybox cpio -0 -o -H newc > "$2" 2> /dev/null',
    'sh',
    root,
    file,
  ]);
  await rm(root, { recursive: true });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
