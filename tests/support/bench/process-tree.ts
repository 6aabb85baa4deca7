/** What a program and all it has started cost the machine, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  readonly pid: number;
  /** As Chromium calls it: `renderer`, `gpu-process`, `zygote`, `utility`; empty for the program itself. */
  readonly type: string;
}

/** The session in `/proc/PID/stat`, whose second field, the name, is in brackets and may hold anything. */
export function parseSessionId(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Ended, and only waiting to be taken note of: it has no memory any more.
  if (fields[0] === 'Z') return undefined;
  const sessionId = Number(fields[3]);
  return Number.isInteger(sessionId) ? sessionId : undefined;
}

/** `--type=…` of a command line as `/proc/PID/cmdline` has it: separated by NUL, or by spaces once Chromium has rewritten it. */
export function parseType(commandLine: string): string {
  return /[\0 ]--type=([^\0 ]+)/u.exec(commandLine)?.[1] ?? '';
}

/** The proportional set size in `smaps_rollup`: memory shared by n processes counts for an nth in each. Bytes. */
export function parsePss(smapsRollup: string): number | undefined {
  const kilobytes = /^Pss: +(\d+) kB$/mu.exec(smapsRollup)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Undefined for a process that has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The processes of a session: a program that was started as the leader of its own, and all it has started. */
export function processesOf(leaderPid: number): readonly RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    if (parseSessionId(read(`/proc/${name}/stat`) ?? '') !== leaderPid) continue;
    found.push({ pid: Number(name), type: parseType(read(`/proc/${name}/cmdline`) ?? '') });
  }
  return found;
}

/** Bytes of all of them together. Throws where one cannot be read: a sum without it would flatter. */
export function pssOf(processes: readonly RunningProcess[]): number {
  let bytes = 0;
  for (const { pid } of processes) {
    const pss = parsePss(read(`/proc/${pid}/smaps_rollup`) ?? '');
    if (pss === undefined) throw new Error(`bench: process ${pid}: its memory cannot be read`);
    bytes += pss;
  }
  return bytes;
}

/** Times that a thread has waited for something and gone on since its start, as `/proc/PID/task/TID/status` has it. */
export function parseWakeUps(status: string): number | undefined {
  const count = /^voluntary_ctxt_switches:\s+(\d+)$/mu.exec(status)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** Of all threads of all of them together; a thread that has ended meanwhile is not counted. */
export function wakeUpsOf(processes: readonly RunningProcess[]): number {
  let wakeUps = 0;
  for (const { pid } of processes) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      wakeUps += parseWakeUps(read(`/proc/${pid}/task/${thread}/status`) ?? '') ?? 0;
    }
  }
  return wakeUps;
}

/**
 * Milliseconds of processor time that each thread of them has had, by its id, to the nanosecond (`schedstat`): the
 * hundredths of a second in `stat` are too coarse for programs that need no more than one or two of them in a minute.
 */
export function threadTimesOf(processes: readonly RunningProcess[]): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const { pid } of processes) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const nanoseconds = read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0];
      if (nanoseconds !== undefined) times.set(Number(thread), Number(nanoseconds) / 1_000_000);
    }
  }
  return times;
}

/** Milliseconds that were spent between two looks; what a thread did that ended in between is left out. */
export function spentBetween(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): number {
  let spentMs = 0;
  for (const [thread, ms] of after) spentMs += ms - (before.get(thread) ?? 0);
  return spentMs;
}
