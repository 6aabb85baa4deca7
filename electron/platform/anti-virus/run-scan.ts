/** Runs an anti-virus program over a volume and turns its end into an outcome or a problem. */
import { spawn } from 'node:child_process';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';
import type { Scan, ScanOutcome, ScanProblem } from './anti-virus-port.ts';

/** A large drive takes long; a program that hangs must not stay for the rest of the year. */
const deadlineMs = 4 * 60 * 60 * 1000;

export interface ScanProgram {
  readonly name: string;
  readonly file: string;
  readonly programArguments: readonly string[];
  /** By the exit code; undefined where the code tells of a failure. */
  readonly outcomeOf: (exitCode: number) => ScanOutcome | undefined;
}

/** Never rejects. The program runs at low priority where it lowers its own, and its output is not kept. */
export function runScan(program: ScanProgram): Promise<Result<Scan, ScanProblem>> {
  return new Promise((resolve) => {
    const child = spawn(program.file, [...program.programArguments], { stdio: 'ignore', windowsHide: true });
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const outcome = new Promise<Result<ScanOutcome, ScanProblem>>((finish) => {
      child.once('error', (error) => {
        clearTimeout(timer);
        const problem = fail<ScanProblem>({ kind: 'failed', reason: describeError(error) });
        finish(problem);
        resolve(problem);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        const answer = stopped || code === null ? undefined : program.outcomeOf(code);
        if (answer !== undefined) finish(succeed(answer));
        else {
          const end = stopped ? 'it was stopped' : `it ended with ${signal ?? `code ${code}`}`;
          finish(fail({ kind: 'failed', reason: `${program.name}: ${end}` }));
        }
      });
    });
    const stop = () => {
      stopped = true;
      child.kill();
    };
    child.once('spawn', () => {
      timer = setTimeout(stop, deadlineMs);
      resolve(succeed({ program: program.name, outcome, stop }));
    });
  });
}
