/**
 * Stands in for the agent's program where Electron for Windows is not available: reads the managed configuration with the
 * real adapter, writes the answer to the first named file, and with `--stay` runs until it is ended.
 */
import { writeFileSync } from 'node:fs';
import { createPlatform } from '../../../electron/platform/create-platform.ts';

const [, , resultFile, flag] = process.argv;
const platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
const answer = await platform.managedConfig.read();
if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify(answer));
if (flag !== '--stay') process.exit(0);
setInterval(() => undefined, 60_000);
