/** Builds the collector's service program for Windows with the cross compiler of Debian. */
import { fileURLToPath } from 'node:url';
import { compilerNeeds } from '../../msi/watchdog/build-watchdog.ts';
import { run } from '../../runtime/child.ts';
import { SetupError } from '../../runtime/setup-error.ts';
import { ensurePrograms } from '../../runtime/system-packages.ts';

/** Beside node.exe. */
export const serviceProgramName = 'porthor-collector-service.exe';

const source = fileURLToPath(new URL('service.c', import.meta.url));

/** Rejects with a SetupError if the compiler warns of anything. */
export const buildService = async (outputFile: string): Promise<void> => {
  await ensurePrograms('the service for Windows', compilerNeeds);
  const compiler = compilerNeeds[0].what;
  const strict = ['-std=c17', '-Wall', '-Wextra', '-Werror'];
  // Without a console window, and without the time of the build: the same source gives the same program.
  const program = ['-O2', '-s', '-municode', '-mwindows', '-Wl,--no-insert-timestamp'];
  const built = await run(compiler, [
    ...strict,
    ...program,
    source,
    '-o',
    outputFile,
    '-ladvapi32',
    '-lshell32',
  ]);
  if (built.status !== 0) {
    throw new SetupError(`${compiler} did not build the service:\n${built.stderr}`, `Correct ${source}.`);
  }
};
