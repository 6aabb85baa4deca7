/** The columns of an acknowledgement that follow from its event alone. */
import { type RawBuilder, sql } from 'kysely';
import { accountKey } from '../../../shared/wire/account.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import { asKept } from './as-kept.ts';

/** The first four parts of a version, padded so that text order is version order. */
export function orderOfVersion(version: string): string {
  const parts = version.split('.');
  return [0, 1, 2, 3].map((index) => (parts[index] ?? '0').padStart(9, '0')).join('.');
}

/** The form in which names and accounts are compared: without case and accents. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
}

/** Conditions on `search_text`: each word of a search is a part of a name or of an account. */
export function matchWords(search: string): RawBuilder<boolean>[] {
  return foldText(search)
    .split(/[\s\\]+/u)
    .filter((word) => word !== '')
    .map((word) => {
      const pattern = `%${word.replace(/[%_!]/gu, (character) => `!${character}`)}%`;
      return sql<boolean>`search_text like ${pattern} escape '!'`;
    });
}

export type AcknowledgementRow = ReturnType<typeof toAcknowledgementRow>;

export function toAcknowledgementRow(eventId: string, data: AcknowledgedData) {
  const accountName = asKept(data.account.name);
  const accountDomain = asKept(data.account.domain);
  const fullName = asKept(data.fullName);
  return {
    event_id: eventId,
    account_key: asKept(accountKey(data.account)),
    account_name: accountName,
    account_domain: accountDomain,
    full_name: fullName,
    // What the console searches and sorts by.
    search_text: foldText(`${fullName} ${accountDomain} ${accountName}`),
    job_role: asKept(data.jobRole),
    hostname: asKept(data.machine.hostname),
    action: data.action as string,
    policy_id: data.policyId,
    policy_version: data.policyVersion,
    version_order: orderOfVersion(data.policyVersion),
    text_sha256: data.textSha256,
    language: data.language as string,
    // Agents may write times with or without fractions of a second; one form sorts as text.
    decided_at: new Date(data.decidedAt).toISOString(),
  };
}
