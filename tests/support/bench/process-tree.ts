/** Memory, processor time and wake-ups of a program and its children, as Linux counts them. */
import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  readonly pid: number;
  /** Chromium's type: `renderer`, `gpu-process`, `zygote`, `utility`; empty for the program itself. */
  readonly type: string;
}

/** The session in `/proc/PID/stat`. The second field, the name, is in brackets and may hold any character. */
export function parseSessionId(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // A zombie: it has ended and has no memory.
  if (fields[0] === 'Z') return undefined;
  const sessionId = Number(fields[3]);
  return Number.isInteger(sessionId) ? sessionId : undefined;
}

/** `--type=…` of `/proc/PID/cmdline`, which is separated by NUL, or by spaces after Chromium has rewritten it. */
export function parseType(commandLine: string): string {
  return /[\0 ]--type=([^\0 ]+)/u.exec(commandLine)?.[1] ?? '';
}

/** The proportional set size in `smaps_rollup`, in bytes: each of n processes counts an nth of shared memory. */
export function parsePss(smapsRollup: string): number | undefined {
  const kilobytes = /^Pss: +(\d+) kB$/mu.exec(smapsRollup)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Undefined if the process has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The processes of a session: its leader and all children. */
export function processesOf(leaderPid: number): readonly RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    if (parseSessionId(read(`/proc/${name}/stat`) ?? '') !== leaderPid) continue;
    found.push({ pid: Number(name), type: parseType(read(`/proc/${name}/cmdline`) ?? '') });
  }
  return found;
}

/** Sum in bytes. Throws if one process cannot be read, because a sum without it would be too good. */
export function pssOf(processes: readonly RunningProcess[]): number {
  let bytes = 0;
  for (const { pid } of processes) {
    const pss = parsePss(read(`/proc/${pid}/smaps_rollup`) ?? '');
    if (pss === undefined) throw new Error(`bench: process ${pid}: its memory cannot be read`);
    bytes += pss;
  }
  return bytes;
}

/** Voluntary context switches of a thread since its start, from `/proc/PID/task/TID/status`. */
export function parseWakeUps(status: string): number | undefined {
  const count = /^voluntary_ctxt_switches:\s+(\d+)$/mu.exec(status)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** Sum over all threads of all processes. Threads that have ended do not count. */
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
 * Milliseconds of processor time by thread id, to the nanosecond (`schedstat`). The hundredths of a second in `stat` are too
 * coarse for programs that use one or two of them in a minute.
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

/** Milliseconds between two readings, without threads that ended in between. */
export function spentBetween(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): number {
  let spentMs = 0;
  for (const [thread, ms] of after) spentMs += ms - (before.get(thread) ?? 0);
  return spentMs;
}
