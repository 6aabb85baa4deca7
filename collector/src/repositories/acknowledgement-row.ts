/** What the collector looks an acknowledgement up by: a row that follows from its event alone. */
import type { Insertable } from 'kysely';
import { accountKey } from '../../../shared/wire/account.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import type { Tables } from './schema.ts';

function orderOfVersion(version: string): string {
  const parts = version.split('.');
  return [0, 1, 2, 3].map((place) => (parts[place] ?? '0').padStart(9, '0')).join('.');
}

/** As the database gives it back: half of a character has no UTF-8 form and is kept as U+FFFD. The event keeps it. */
function asKept(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

export function toAcknowledgementRow(
  eventId: string,
  data: AcknowledgedData,
): Insertable<Tables['acknowledgements']> {
  return {
    event_id: eventId,
    account_key: asKept(accountKey(data.account)),
    account_name: asKept(data.account.name),
    account_domain: asKept(data.account.domain),
    full_name: asKept(data.fullName),
    job_role: asKept(data.jobRole),
    hostname: asKept(data.machine.hostname),
    action: data.action,
    policy_id: data.policyId,
    policy_version: data.policyVersion,
    version_order: orderOfVersion(data.policyVersion),
    text_sha256: data.textSha256,
    language: data.language,
    // Agents may write times with or without fractions of a second; one form sorts as text.
    decided_at: new Date(data.decidedAt).toISOString(),
  };
}
