/** Microsoft Defender on Windows, through the program with which it is asked from a command line. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/lib/result.ts';
import { loadNative } from '../native/native.win32.ts';
import { createRegistry } from '../native/registry.win32.ts';
import type { AntiVirusPort } from './anti-virus-port.ts';
import { runScan } from './run-scan.ts';

const absence = 'Microsoft Defender is not installed; another anti-virus is not asked';
const programName = 'MpCmdRun.exe';

/** `programFiles` from the environment: the folder of programs. */
export function createWindowsAntiVirusPort(programFiles: string | undefined): AntiVirusPort {
  const usual = path.win32.join(programFiles ?? 'C:\\Program Files', 'Windows Defender', programName);
  return {
    capability: () => {
      const found = existsSync(usual);
      return { name: 'anti-virus', level: found ? 'full' : 'none', reason: found ? '' : absence };
    },
    scan: async (mountPoint) => {
      const file = (await findUpdated()) ?? usual;
      if (!existsSync(file)) return fail({ kind: 'none', reason: absence });
      return runScan({
        name: 'Microsoft Defender',
        file,
        // A scan of one place (3), with what Defender does about what it finds left as the school has set it.
        programArguments: ['-Scan', '-ScanType', '3', '-File', mountPoint],
        outcomeOf: defenderOutcome,
      });
    },
  };
}

/**
 * Microsoft's page on MpCmdRun: 0 where nothing was found or all of it was put right, 2 where something is left to do or
 * the scan failed. The two cannot be told apart by the number, and a person had better be warned.
 */
export function defenderOutcome(exitCode: number): 'nothing-found' | 'something-found' | undefined {
  if (exitCode === 0) return 'nothing-found';
  return exitCode === 2 ? 'something-found' : undefined;
}

/** Defender updates itself into a folder of its own, and says in the registry where that is. */
async function findUpdated(): Promise<string | undefined> {
  const native = await loadNative();
  if (!native.ok) return undefined;
  try {
    const values = createRegistry(native.value).readValues('SOFTWARE\\Microsoft\\Windows Defender');
    const location = values.ok ? values.value.get('InstallLocation') : undefined;
    if (location?.kind !== 'text') return undefined;
    const file = path.win32.join(location.text, programName);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
