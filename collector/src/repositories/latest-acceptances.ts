/** Keeps, for each account and policy, the one acceptance that answers the question at login. */
import type { Transaction } from 'kysely';
import type { Tables } from '../storage/tables.ts';
import type { AcknowledgementRow } from './acknowledgement-row.ts';

type Candidate = AcknowledgementRow & { readonly school_id: string; readonly standing: string };

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;

function keyOf(row: Candidate): string {
  return JSON.stringify([row.school_id, row.account_key, row.policy_id]);
}

function isNewer(row: Candidate, than: Candidate): boolean {
  if (row.version_order !== than.version_order) return row.version_order > than.version_order;
  return row.decided_at >= than.decided_at;
}

/**
 * `rows` in order of arrival. A later row wins when its version is newer, or when the version is the same and the
 * decision not older. Acknowledgements that do not count are left out.
 */
export async function raiseLatestAcceptances(
  transaction: Transaction<Tables>,
  rows: readonly Candidate[],
): Promise<void> {
  const newest = new Map<string, Candidate>();
  for (const row of rows) {
    if (row.action !== 'accepted' || row.standing !== 'counts') continue;
    const known = newest.get(keyOf(row));
    if (known === undefined || isNewer(row, known)) newest.set(keyOf(row), row);
  }
  // The same order in every transaction, so that two collectors on one database cannot deadlock.
  const values = [...newest]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, row]) => ({
      school_id: row.school_id,
      account_key: row.account_key,
      policy_id: row.policy_id,
      event_id: row.event_id,
      policy_version: row.policy_version,
      version_order: row.version_order,
      text_sha256: row.text_sha256,
      language: row.language,
      decided_at: row.decided_at,
    }));
  for (let start = 0; start < values.length; start += rowsPerInsert) {
    await transaction
      .insertInto('latest_acceptances')
      .values(values.slice(start, start + rowsPerInsert))
      .onConflict((conflict) =>
        conflict
          .columns(['school_id', 'account_key', 'policy_id'])
          .doUpdateSet((expression) => ({
            event_id: expression.ref('excluded.event_id'),
            policy_version: expression.ref('excluded.policy_version'),
            version_order: expression.ref('excluded.version_order'),
            text_sha256: expression.ref('excluded.text_sha256'),
            language: expression.ref('excluded.language'),
            decided_at: expression.ref('excluded.decided_at'),
          }))
          .where((where) =>
            where.or([
              where('excluded.version_order', '>', where.ref('latest_acceptances.version_order')),
              where.and([
                where('excluded.version_order', '=', where.ref('latest_acceptances.version_order')),
                where('excluded.decided_at', '>=', where.ref('latest_acceptances.decided_at')),
              ]),
            ]),
          ),
      )
      .execute();
  }
}
