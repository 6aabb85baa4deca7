/** Who acted and on which PC, as every event and every question to the collector names them. */
import { z } from 'zod';

export const accountSchema = z.strictObject({
  /** Account name without its domain. */
  name: z.string().max(256),
  /** Windows or directory domain; the machine's name for a local account. */
  domain: z.string().max(256),
  /** Windows security identifier, empty elsewhere. */
  sid: z.string().max(256),
  upn: z.string().max(1024),
  displayName: z.string().max(1024),
});
export type Account = z.infer<typeof accountSchema>;

export const machineSchema = z.strictObject({
  id: z.string().min(1).max(256),
  hostname: z.string().max(256),
  os: z.string().max(256),
});
export type Machine = z.infer<typeof machineSchema>;

/**
 * The one name under which a person's acknowledgements are kept and asked for: the SID where there is one,
 * else `domain\name` in lower case. Two people with one account name in two domains stay two people.
 */
export function accountKey(account: Pick<Account, 'name' | 'domain' | 'sid'>): string {
  return account.sid !== '' ? account.sid.toUpperCase() : `${account.domain}\\${account.name}`.toLowerCase();
}
