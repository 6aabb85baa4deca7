/** Erases what the collector holds about one account, in one transaction with the leaves that say so. */
import type { Transaction } from 'kysely';
import { noteAudit } from '../repositories/audit.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { type ErasureReason, eraseEvents, eraseRecords, noteErasure } from './erase-events.ts';
import { type AccountOfSchool, exportPerson, findHeld, type HeldSummary, summariseHeld } from './person.ts';

interface ErasePersonInput extends AccountOfSchool, ErasureReason {
  /** Who erases: `account:` and its id, or `command line`. */
  readonly actor: string;
}

interface ErasedPerson {
  /** Names the erasure in the log. */
  readonly erasure: string;
  /** Events and records whose text is gone. */
  readonly records: number;
}

/** Out of the school's list of people. A later import of a file that names the person adds the person again. */
async function removePerson(transaction: Transaction<Tables>, personId: string): Promise<void> {
  await transaction
    .updateTable('known_accounts')
    .set({ person_id: null, matched_by: '' })
    .where('person_id', '=', personId)
    .execute();
  await transaction.deleteFrom('roster_people').where('person_id', '=', personId).execute();
}

/** Undefined where nothing is held. */
async function erasePerson(
  transaction: Transaction<Tables>,
  { accountKey, actor, ...about }: ErasePersonInput,
): Promise<ErasedPerson | undefined> {
  const { schoolId, at } = about;
  const { eventIds, agents, audit, listed, register, codes, recordIds } = await findHeld(transaction, {
    schoolId,
    accountKey,
  });
  const ids = [...eventIds, ...recordIds];
  if (ids.length === 0 && agents.length === 0 && listed.account === undefined) return undefined;
  await eraseEvents(transaction, eventIds);
  await eraseRecords(transaction, recordIds);
  for (const { position } of audit) {
    await transaction.deleteFrom('audit').where('position', '=', position).execute();
  }
  for (const { entry_id: entryId } of register) {
    await transaction
      .updateTable('media_register')
      .set({ issued_to: '', issued_at: null })
      .where('school_id', '=', schoolId)
      .where('entry_id', '=', entryId)
      .execute();
  }
  // The rows stay: each holds the number of a secret that no second code may carry.
  for (const { agent_id: agentId, slot } of codes) {
    await transaction
      .updateTable('offline_codes')
      .set({ reason: '' })
      .where('agent_id', '=', agentId)
      .where('slot', '=', slot)
      .execute();
  }
  await transaction
    .deleteFrom('known_accounts')
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .execute();
  if (listed.person !== undefined) await removePerson(transaction, listed.person.person_id);
  // The agent stays enrolled. It names the account again at the next login, if the person still uses the PC.
  await transaction
    .updateTable('agents')
    .set({ account_key: null, account_name: '', account_domain: '', erased_at: at })
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .execute();
  const erasure = await noteErasure(transaction, about, ids);
  const detail = `${ids.length} records; asked by ${about.askedBy}; ${about.reason}`;
  await noteAudit(transaction, [{ schoolId, at, actor, act: 'person-erased', subject: erasure, detail }]);
  return { erasure, records: ids.length };
}

export const erasureWrites = { 'privacy.erasePerson': erasePerson };

/** Of one school: what the console and the command line call. */
export function createPrivacyRepository(storage: Storage, now: () => Date, schoolId: string) {
  const at = (): string => now().toISOString();
  return {
    /** The dry run: what an erasure would take. */
    summarise: (accountKey: string): Promise<HeldSummary> =>
      summariseHeld(storage.reader, { schoolId, accountKey }),
    export: (accountKey: string) => exportPerson(storage.reader, { schoolId, accountKey }, at()),
    /** Undefined where nothing is held. Throws CollectorError where the text is erased and its file cannot be rewritten. */
    async erase(
      accountKey: string,
      why: { readonly askedBy: string; readonly reason: string; readonly actor: string },
    ): Promise<ErasedPerson | undefined> {
      const erased = await storage.write('privacy.erasePerson', { schoolId, accountKey, at: at(), ...why });
      // Also where an earlier erasure could not: nothing is held then.
      await storage.rewrite?.();
      return erased;
    },
  };
}
