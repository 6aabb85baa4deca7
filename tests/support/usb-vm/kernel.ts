/** Fetches Debian's own kernel as a package and unpacks it into a folder; nothing is installed on this machine. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../build/runtime/child.ts';
import { step } from '../../../build/runtime/progress.ts';
import { SetupError } from '../../../build/runtime/setup-error.ts';

export interface Kernel {
  readonly version: string;
  readonly imageFile: string;
  /** Holds `lib/modules/<version>` with the lists that modprobe reads. */
  readonly root: string;
}

const advice = 'Check the network and the package sources (Debian), then run the command again.';

async function findPackage(): Promise<string> {
  const { stdout } = await run('apt-cache', ['depends', 'linux-image-amd64']);
  const name = /Depends: (?<name>linux-image-\S+)/u.exec(stdout)?.groups?.['name'];
  if (name === undefined) {
    throw new SetupError('The package sources know no kernel called linux-image-amd64.', advice);
  }
  return name;
}

/** Kept in `cacheFolder` under the package's name and unpacked once. Throws `SetupError`. */
export async function ensureKernel(cacheFolder: string): Promise<Kernel> {
  const name = await findPackage();
  const version = name.replace('linux-image-', '');
  const root = path.join(cacheFolder, name);
  const kernel: Kernel = { version, root, imageFile: path.join(root, 'boot', `vmlinuz-${version}`) };
  if (await exists(path.join(root, 'lib/modules', version, 'modules.dep'))) return kernel;
  const unpacking = `${root}.part`;
  await rm(unpacking, { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
  await mkdir(unpacking, { recursive: true });
  await step(`Fetching the kernel ${name}`, async () => {
    const fetched = await run('apt-get', ['download', name], { cwd: unpacking, deadlineMs: 300_000 });
    const file = (await readdir(unpacking)).find((entry) => entry.endsWith('.deb'));
    if (fetched.status !== 0 || file === undefined) {
      throw new SetupError(`The kernel ${name} could not be fetched: ${fetched.stderr.trim()}`, advice);
    }
    await runOrFail('dpkg-deb', ['-x', path.join(unpacking, file), unpacking]);
    await rm(path.join(unpacking, file));
    await runOrFail('busybox', ['depmod', '-b', unpacking, version]);
  });
  await rename(unpacking, root);
  return kernel;
}

async function runOrFail(command: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await run(command, args, { deadlineMs: 300_000 });
  if (status !== 0) throw new SetupError(`${command} failed: ${stderr.trim()}`, advice);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
