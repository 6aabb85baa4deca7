/** Microsoft Defender on Windows, through the program with which it is asked from a command line. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import { createRegistry } from '../native/registry.win32.ts';
import { createServiceQuestion } from '../native/service-state.win32.ts';
import type { AntiVirusPort, ScanOutcome } from './anti-virus-port.ts';
import { runScan } from './run-scan.ts';

const programName = 'MpCmdRun.exe';
const serviceName = 'WinDefend';

/** `programFiles` from the environment: the folder of programs. */
export async function createWindowsAntiVirusPort(programFiles: string | undefined): Promise<AntiVirusPort> {
  const isRunning = await loadServiceQuestion();
  const usual = path.win32.join(programFiles ?? 'C:\\Program Files', 'Windows Defender', programName);
  const capability = () => defenderCapability(existsSync(usual), isRunning());
  return {
    capability,
    scan: async (mountPoint) => {
      const { level, reason } = capability();
      if (level === 'none') return fail({ kind: 'none', reason });
      return runScan({
        name: 'Microsoft Defender',
        file: (await findUpdated()) ?? usual,
        // A scan of one place (3), with what Defender does about what it finds left as the school has set it.
        programArguments: ['-Scan', '-ScanType', '3', '-File', mountPoint],
        outcomeOf: defenderOutcome,
      });
    },
  };
}

/**
 * The program is there also where another anti-virus has switched Defender off; then it could only fail. That its
 * service runs is the sign that it can be asked.
 */
export function defenderCapability(isInstalled: boolean, isRunning: Result<boolean, string>): Capability {
  const reason = !isRunning.ok
    ? isRunning.error
    : !isInstalled
      ? 'Microsoft Defender is not installed; another anti-virus is not asked'
      : isRunning.value
        ? ''
        : 'Microsoft Defender does not run; another anti-virus is not asked';
  return { name: 'anti-virus', level: reason === '' ? 'full' : 'none', reason };
}

async function loadServiceQuestion(): Promise<() => Result<boolean, string>> {
  const native = await loadNative();
  if (!native.ok) return () => native;
  try {
    const isServiceRunning = createServiceQuestion(native.value);
    return () => succeed(isServiceRunning(serviceName));
  } catch (error) {
    const problem = fail(describeError(error));
    return () => problem;
  }
}

/**
 * Microsoft's page on MpCmdRun: 0 where nothing was found or all of it was put right, 2 where something is left to do or
 * the scan failed. The number does not distinguish the two, and the warning says so.
 */
export function defenderOutcome(exitCode: number): ScanOutcome | undefined {
  if (exitCode === 0) return 'nothing-found';
  return exitCode === 2 ? 'unclear' : undefined;
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
