/** Tells a logon from a later start that only looks like one. */

/**
 * When the Task Scheduler service starts, it also runs the tasks for the logon of everyone who is signed in already
 * (Microsoft, *ILogonTrigger*). The Run key of a busy PC comes minutes after the logon, so the limit is generous.
 */
const logonLastsSeconds = 30 * 60;

/** False where the system does not say when the login began, and where the clock was set back since. */
export function isLogonOver(signedInAt: Date | undefined, now: Date): boolean {
  return signedInAt !== undefined && now.getTime() - signedInAt.getTime() > logonLastsSeconds * 1000;
}
