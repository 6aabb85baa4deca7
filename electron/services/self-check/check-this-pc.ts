/** The self-check on this PC: the same for the command line and for the window. */
import {
  type SelfCheckItemName,
  type SelfCheckReport,
  selfCheckReportSchema,
} from '../../../shared/self-check/report.ts';
import type { Platform } from '../../platform/create-platform.ts';
import { readLastLogon } from '../../storage/logon/last-logon.ts';
import { tryFolder } from '../../storage/try-folder.ts';
import { personalOfProcess } from './personal-values.ts';
import { runSelfCheck, type SelfCheckOptions } from './self-check-service.ts';

export interface ThisPc {
  readonly platform: Platform;
  /** The folder in which the agent of this account keeps what is its own. */
  readonly ownFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly agentVersion: string;
  readonly runtime: SelfCheckReport['runtime'];
}

interface Wishes {
  readonly consentsToLock: boolean;
  readonly onAnswered?: (name: SelfCheckItemName) => void;
  readonly deepCheck?: SelfCheckOptions['deepCheck'];
}

export async function checkThisPc(pc: ThisPc, wishes: Wishes): Promise<SelfCheckReport> {
  const { platform, ownFolder, environment, agentVersion, runtime } = pc;
  return selfCheckReportSchema.parse(
    await runSelfCheck({
      ...wishes,
      platform,
      records: { ownFolder, environment, lastLogon: readLastLogon, tryFolder },
      personal: personalOfProcess(ownFolder),
      agentVersion,
      runtime,
    }),
  );
}

/** The report as it is printed and saved. */
export function reportFile(report: SelfCheckReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
