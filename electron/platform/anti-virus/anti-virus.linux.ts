/** ClamAV on Linux, where it is installed: its daemon, which has the signatures in memory, or the program alone. */
import { existsSync } from 'node:fs';
import { fail } from '../../../shared/lib/result.ts';
import { findSystemTool } from '../run-tool.ts';
import type { AntiVirusPort, ScanOutcome } from './anti-virus-port.ts';
import { runScan } from './run-scan.ts';

const daemonSocket = '/run/clamav/clamd.ctl';
const absence = 'no anti-virus that can be asked (ClamAV) is installed';

export function createLinuxAntiVirusPort(): AntiVirusPort {
  return {
    capability: () => {
      const found = findClam() !== undefined;
      return { name: 'anti-virus', level: found ? 'full' : 'none', reason: found ? '' : absence };
    },
    scan: async (mountPoint) => {
      const clam = findClam();
      if (clam === undefined) return fail({ kind: 'none', reason: absence });
      return runScan({
        name: 'ClamAV',
        file: clam.file,
        programArguments: [...clam.words, '--', mountPoint],
        outcomeOf: clamOutcome,
      });
    },
  };
}

/** clamscan(1), clamdscan(1): 0 nothing found, 1 found, 2 an error. */
export function clamOutcome(exitCode: number): ScanOutcome | undefined {
  if (exitCode === 0) return 'nothing-found';
  return exitCode === 1 ? 'something-found' : undefined;
}

function findClam(): { readonly file: string; readonly words: readonly string[] } | undefined {
  const daemonClient = findSystemTool('clamdscan');
  if (daemonClient !== undefined && existsSync(daemonSocket)) {
    // The daemon has an account of its own that may not read the drive: it is handed the open files.
    return { file: daemonClient, words: ['--fdpass', '--multiscan', '--quiet'] };
  }
  const alone = findSystemTool('clamscan');
  return alone === undefined ? undefined : { file: alone, words: ['--recursive', '--infected', '--quiet'] };
}
