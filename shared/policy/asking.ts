/** How the gate asks: why a policy is due, what follows a decline, and why the gate cannot ask. */

/**
 * `first`: no acceptance of this person is known. `material`: the text has changed in substance, or is not the text that
 * was accepted. `renewal`: a period or a date has passed. `every-login`: the policy is asked again in each session.
 */
export const dueReasons = ['first', 'material', 'renewal', 'every-login'] as const;
export type DueReason = (typeof dueReasons)[number];

/** What happens at the end of the countdown after a decline. */
export const declineActions = ['sign-out', 'lock', 'nothing'] as const;
export type DeclineAction = (typeof declineActions)[number];

/** What the agent could not read. Until it can, the gate stays shut and records no answer. */
export const blockedReasons = ['policy-unreadable', 'records-unreadable', 'account-unreadable'] as const;
export type BlockedReason = (typeof blockedReasons)[number];

/** What went wrong with the last answer, or what followed it. In none of these cases was anything accepted. */
export const gateNotices = ['none', 'not-recorded', 'sign-out-failed', 'declined-stay'] as const;
