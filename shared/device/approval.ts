/** Whether the school has approved a device. */
import { z } from 'zod';

/**
 * `not-required`: the school asks for no approval. `weak-serial`: the device register names this serial number, but
 * many devices share numbers like it.
 */
export const approvalSchema = z.enum([
  'approved',
  'not-required',
  'not-in-register',
  'expired',
  'weak-serial',
]);
export type Approval = z.infer<typeof approvalSchema>;

const allowed = {
  approved: true,
  'not-required': true,
  'not-in-register': false,
  expired: false,
  'weak-serial': false,
} as const satisfies Readonly<Record<Approval, boolean>>;

/** Where it is false, the device has the problem `not-approved`. */
export function isAllowed(approval: Approval): boolean {
  return allowed[approval];
}
