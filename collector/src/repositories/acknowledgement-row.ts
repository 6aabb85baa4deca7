/** What the collector looks an acknowledgement up by: a row that follows from its event alone. */
import type { Insertable } from 'kysely';
import { accountKey } from '../../../shared/wire/account.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import type { Tables } from './schema.ts';

function orderOfVersion(version: string): string {
  const parts = version.split('.');
  return [0, 1, 2, 3].map((place) => (parts[place] ?? '0').padStart(9, '0')).join('.');
}

export function toAcknowledgementRow(
  eventId: string,
  data: AcknowledgedData,
): Insertable<Tables['acknowledgements']> {
  return {
    event_id: eventId,
    account_key: accountKey(data.account),
    account_name: data.account.name,
    account_domain: data.account.domain,
    full_name: data.fullName,
    job_role: data.jobRole,
    hostname: data.machine.hostname,
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
