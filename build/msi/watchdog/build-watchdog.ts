/** Builds the watchdog for Windows with the cross compiler of Debian. */
import { fileURLToPath } from 'node:url';
import { run } from '../../runtime/child.ts';
import { SetupError } from '../../runtime/setup-error.ts';
import { ensurePrograms } from '../../runtime/system-packages.ts';

/** In the folder of the agent's program. */
export const watchdogName = 'porthor-watchdog.exe';

const compiler = 'x86_64-w64-mingw32-gcc';

/** What builds programs for Windows. */
export const compilerNeeds = [{ what: compiler, packages: ['gcc-mingw-w64-x86-64-win32'] }] as const;

const source = fileURLToPath(new URL('watchdog.c', import.meta.url));

/**
 * For x64, in the package for ARM too: Debian has no compiler for Windows on ARM, and Windows 11 there emulates x64
 * (Microsoft, *How emulation works on Arm*). Rejects with a SetupError if the compiler warns of
 * anything.
 */
export const buildWatchdog = async (outputFile: string): Promise<void> => {
  await ensurePrograms('the watchdog for Windows', compilerNeeds);
  const strict = ['-std=c17', '-Wall', '-Wextra', '-Werror'];
  // Without a console window, and without the time of the build: the same source gives the same program.
  const program = ['-O2', '-s', '-municode', '-mwindows', '-Wl,--no-insert-timestamp'];
  const built = await run(compiler, [...strict, ...program, source, '-o', outputFile, '-ladvapi32']);
  if (built.status !== 0) {
    throw new SetupError(`${compiler} did not build the watchdog:\n${built.stderr}`, `Correct ${source}.`);
  }
};
