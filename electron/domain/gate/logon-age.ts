/** Tells a logon from a later start that only looks like one. */

/**
 * When the Task Scheduler service starts, it also runs the tasks for the logon of everyone who is signed in already
 * (Microsoft, *ILogonTrigger*). The Run key of a busy PC comes minutes after the logon, so the limit is generous.
 */
export const logonLastsSeconds = 30 * 60;

export interface LogonAge {
  /** Undefined where the system does not say when the login began. */
  readonly signedInAt: Date | undefined;
  readonly now: Date;
  /** Since the PC was started. Setting the clock does not change it. */
  readonly upSeconds: number;
}

/**
 * False if nothing tells. A PC with an empty clock battery signs the user in years ago and then sets its clock, but no
 * login is older than the time for which the PC has run: the gate must not miss such a logon.
 */
export function isLogonOver({ signedInAt, now, upSeconds }: LogonAge): boolean {
  if (signedInAt === undefined) return false;
  const seconds = (now.getTime() - signedInAt.getTime()) / 1000;
  return Math.min(seconds, upSeconds) > logonLastsSeconds;
}
