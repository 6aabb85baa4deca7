/** Whether an acknowledgement is the signatory's own, which another signatory must countersign. */
import type { Account } from '../../../shared/wire/account.ts';

/** The form in which names of accounts are compared. */
export function windowsKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** Every name by which a person may call the account of an event. */
function namesOf({ name, domain, sid, upn }: Pick<Account, 'name' | 'domain' | 'sid' | 'upn'>) {
  const names = [name, sid, upn, `${domain}\\${name}`, `${domain.split('.')[0] ?? ''}\\${name}`];
  return new Set(names.map(windowsKey).filter((one) => one !== '' && one !== '\\'));
}

/** `mair@ysgol.cymru` signs in to Windows as `mair`, where the event holds no such address. */
function beforeAt(name: string): string {
  const at = name.indexOf('@');
  return at < 1 ? name : name.slice(0, at);
}

/**
 * `own`: the sign-in name, which OpenID Connect may have given, and the Windows accounts that were named as this person's:
 * a SID, `domain\name`, an address, or a name alone. In doubt the answer is yes: another signatory can sign.
 */
export function isOwnAccount(
  own: readonly string[],
  account: Pick<Account, 'name' | 'domain' | 'sid' | 'upn'>,
): boolean {
  const names = namesOf(account);
  return own.map(windowsKey).some((one) => names.has(one) || names.has(beforeAt(one)));
}
