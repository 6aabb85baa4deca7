/** Builds the Windows of bytes, under the names of Windows' own libraries. */
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../build/runtime/child.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';
import { ensurePrograms } from '../../../build/runtime/system-packages.ts';
import { compilerNeeds } from '../system-needs.ts';

const libraries = [
  'advapi32',
  'cfgmgr32',
  'crypt32',
  'dwmapi',
  'kernel32',
  'ole32',
  'powrprof',
  'propsys',
  'secur32',
  'shell32',
  'user32',
  'winmm',
  'wtsapi32',
] as const;

/** Returns the environment in which a program loads it: `kernel32.dll` is looked up like any other library. */
export async function buildWindowsLibrary(folder: string): Promise<Readonly<Record<string, string>>> {
  await ensurePrograms('the Windows of bytes', compilerNeeds);
  await mkdir(folder, { recursive: true });
  const source = path.join(projectRoot, 'tests/fixtures/windows-library/windows.c');
  const library = path.join(folder, 'windows.so');
  const options = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1', '-shared', '-fPIC', '-o', library];
  const { status, stderr } = await run('cc', [...options, source], { deadlineMs: 60_000 });
  if (status !== 0) throw new Error(`the Windows of bytes was not built: ${stderr}`);
  for (const name of libraries) await symlink(library, path.join(folder, `${name}.dll`));
  return { LD_LIBRARY_PATH: folder };
}
