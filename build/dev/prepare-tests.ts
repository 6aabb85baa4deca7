/**
 * Installs what the tests with real programs need: Electron, a virtual display, a browser, and their system packages.
 * `--all` adds the packages of the heavy parts, so that those do not wait for the package manager within a test's deadline.
 */
import { parseArgs } from 'node:util';
import {
  compilerNeeds,
  goNeeds,
  logindNeeds,
  machineNeeds,
  windowsHeaderNeeds,
  wineNeeds,
  wixNeeds,
} from '../../tests/support/system-needs.ts';
import { installerNeeds } from '../msi/build-msi.ts';
import { describeRuntime, ensureRuntime } from '../runtime/ensure-runtime.ts';
import { runMain } from '../runtime/setup-error.ts';
import { browserNeeds, displayNeeds, ensurePrograms } from '../runtime/system-packages.ts';

if (import.meta.main) {
  await runMain(async () => {
    const { values } = parseArgs({ options: { all: { type: 'boolean' } } });
    const runtime = await ensureRuntime({ retryOfficial: true });
    console.log(describeRuntime(runtime));
    await ensurePrograms('the tests', [...displayNeeds, ...browserNeeds, ...logindNeeds, ...compilerNeeds]);
    if (values.all === true) {
      await ensurePrograms('the heavy tests', [
        ...machineNeeds,
        ...goNeeds,
        ...wineNeeds,
        ...wixNeeds,
        ...windowsHeaderNeeds,
        ...installerNeeds,
      ]);
    }
    return 0;
  });
}
