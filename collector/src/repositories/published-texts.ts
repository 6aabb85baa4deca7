/** The policy texts that the collector has published: only an acceptance of such a text counts. */
import type { Transaction } from 'kysely';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { raiseLatestAcceptances } from './latest-acceptances.ts';
import { addLogRecords, publishedTextRecordId } from './log-records.ts';

export interface PublishedText {
  readonly policyId: string;
  readonly policyVersion: string;
  readonly textSha256: string;
}

interface NoteInput {
  /** Undefined: every school of the installation. */
  readonly schoolId: string | undefined;
  readonly texts: readonly PublishedText[];
  readonly at: string;
}

/** Acceptances of a text that came before its publication count from now on. */
async function raiseStandings(
  transaction: Transaction<Tables>,
  schoolId: string,
  text: PublishedText,
): Promise<void> {
  const rows = await transaction
    .updateTable('acknowledgements')
    .set({ standing: 'counts' })
    .where('standing', '=', 'not-published')
    .where('school_id', '=', schoolId)
    .where('policy_id', '=', text.policyId)
    .where('policy_version', '=', text.policyVersion)
    .where('text_sha256', '=', text.textSha256)
    .returningAll()
    .execute();
  rows.sort((left, right) => left.position - right.position);
  await raiseLatestAcceptances(transaction, rows);
}

export const publishedTextWrites = {
  'policies.notePublished': async (
    transaction: Transaction<Tables>,
    { schoolId, texts, at }: NoteInput,
  ): Promise<void> => {
    const schools =
      schoolId === undefined
        ? (await transaction.selectFrom('schools').select('school_id').execute()).map((row) => row.school_id)
        : [schoolId];
    for (const school of schools) {
      for (const text of texts) {
        const added = await transaction
          .insertInto('published_texts')
          .values({
            school_id: school,
            policy_id: text.policyId,
            policy_version: text.policyVersion,
            text_sha256: text.textSha256,
            published_at: at,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('policy_id')
          .executeTakeFirst();
        if (added === undefined) continue;
        const { policyId: policy, policyVersion: version, textSha256 } = text;
        const id = publishedTextRecordId([school, policy, version, textSha256]);
        const facts = { policy, version, textSha256 };
        await addLogRecords(transaction, [{ id, kind: 'policy-published', schoolId: school, at, facts }]);
        await raiseStandings(transaction, school, text);
      }
    }
  },
};

export interface PublishedTextRepository {
  /** Remembers texts for ever: an acceptance still counts when its policy is withdrawn later. */
  note(texts: readonly PublishedText[], schoolId?: string): Promise<void>;
}

export function createPublishedTextRepository(storage: Storage, now: () => Date): PublishedTextRepository {
  return {
    async note(texts, schoolId) {
      if (texts.length === 0) return;
      await storage.write('policies.notePublished', { schoolId, texts, at: now().toISOString() });
    },
  };
}
