/** Names a Linux login session from what the kernel says about it. */

export interface LoginFacts {
  /** /proc/sys/kernel/random/boot_id: session numbers start again with every boot. */
  readonly bootId: string;
  /** /proc/self/sessionid: the number that the audit system gave this login; all ones means none. */
  readonly auditSession: string;
  /** XDG_SESSION_ID of our environment, or empty. */
  readonly xdgSession: string;
  /** /proc/<session leader>/stat: empty where the leader is gone. */
  readonly leaderStat: string;
}

const noAuditSession = 4_294_967_295;

/** Fields of /proc/<pid>/stat that are used; the name in parentheses may hold spaces and parentheses itself. */
export function parseProcessStat(
  stat: string,
): { readonly pid: number; readonly session: number; readonly startTicks: string } | undefined {
  const pid = Number.parseInt(stat, 10);
  const rest = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/u);
  // After the name: state ppid pgrp session … with starttime as the 22nd field of the whole (proc(5)).
  const session = Number(rest[3]);
  const startTicks = rest[19];
  if (!Number.isInteger(pid) || !Number.isInteger(session) || startTicks === undefined) return undefined;
  return /^\d+$/u.test(startTicks) ? { pid, session, startTicks } : undefined;
}

/**
 * The same for every process of one login. The audit number comes first because neither the person nor a program can
 * change it; the environment only where there is none.
 */
export function nameLogin(facts: LoginFacts): string {
  const boot = facts.bootId.trim();
  const audit = Number.parseInt(facts.auditSession, 10);
  if (Number.isInteger(audit) && audit >= 0 && audit !== noAuditSession)
    return `linux:${boot}:audit:${audit}`;
  if (/^[A-Za-z0-9_-]{1,64}$/u.test(facts.xdgSession)) return `linux:${boot}:session:${facts.xdgSession}`;
  const leader = parseProcessStat(facts.leaderStat);
  if (leader !== undefined) return `linux:${boot}:leader:${leader.pid}:${leader.startTicks}`;
  return `linux:${boot}`;
}
