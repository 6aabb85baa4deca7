/** The register of media: what the school has approved, whom it was issued to, and what people ask to have approved. */
import { randomBytes } from 'node:crypto';
import type { Insertable, Selectable, Transaction } from 'kysely';
import { z } from 'zod';
import { normaliseSerial, serialQuality } from '../../../shared/device/serial-number.ts';
import { type Verdict, verdictSchema } from '../../../shared/device/verdict.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import {
  type MediaAnswer,
  type MediaApprovalRequestedData,
  maxMediaAnswers,
  maxRegisterEntries,
  maxRegisterTextCharacters,
  mediaApprovalRequestedDataSchema,
  type RegisterEntry,
} from '../../../shared/wire/media.ts';
import type { CollectorDatabase } from './database.ts';
import type { Tables } from './schema.ts';

export interface RegisterRecord {
  /** Short name by which an entry is listed and taken back. */
  readonly entryId: string;
  readonly vendorId: string;
  readonly productId: string;
  /** Undefined: the whole model is approved. */
  readonly serial: string | undefined;
  readonly label: string;
  /** Empty where it was not issued to anybody. */
  readonly issuedTo: string;
  readonly issuedAt: string | undefined;
  /** Handed back: from then on it is no longer approved, and the entry stays as a record. */
  readonly returnedAt: string | undefined;
  readonly expiresAt: string | undefined;
  readonly createdAt: string;
}

type NewRegisterEntry = Pick<RegisterRecord, 'vendorId' | 'productId' | 'label' | 'issuedTo'> &
  Pick<RegisterRecord, 'serial' | 'expiresAt'>;

/**
 * `already-there`: this very device, or this model, is approved now. `weak-serial`: many devices share such a number;
 * only the whole model can be approved. `full`: no PC would take a longer list. `too-long`: nor one with such an entry.
 */
export type AddProblem = 'already-there' | 'weak-serial' | 'full' | 'too-long';

interface ApprovalRequest {
  readonly eventId: string;
  readonly vendorId: string;
  readonly productId: string;
  /** Empty where the device has none, and where the school has serial numbers left out of reports. */
  readonly serial: string;
  readonly deviceName: string;
  readonly sizeBytes: number;
  readonly encryption: Verdict;
  readonly reason: string;
  readonly account: string;
  readonly hostname: string;
  readonly requestedAt: string;
  readonly decision: 'open' | 'approved' | 'refused';
}

interface Approval {
  readonly label: string;
  readonly issuedTo: string;
  readonly expiresAt: string | undefined;
  /** Approves every device of the model, for one whose serial number singles nothing out. */
  readonly wholeModel: boolean;
  /** Who approves, as the person who asked is told; may be empty. */
  readonly decidedBy: string;
}

interface Refusal {
  /** Who refuses and why, as the person who asked is told; both may be empty. */
  readonly decidedBy: string;
  readonly reason: string;
}

/** `no-model`: the device has no vendor and product by which it could be known again. */
export type ApproveProblem = AddProblem | 'no-such-request' | 'no-model';

export interface MediaRegisterRepository {
  /** What agents are told: everything that was not handed back, expired or not, oldest first. */
  current(): Promise<readonly RegisterEntry[]>;
  /** Everything, oldest first. */
  list(): Promise<readonly RegisterRecord[]>;
  add(entry: NewRegisterEntry): Promise<Result<RegisterRecord, AddProblem>>;
  /** False when no entry that is out has that id. */
  markReturned(entryId: string): Promise<boolean>;
  /** Takes an entry out that was made by mistake. False when there is none. */
  remove(entryId: string): Promise<boolean>;
  /** Newest first. */
  listRequests(limit: number): Promise<readonly ApprovalRequest[]>;
  approve(eventId: string, approval: Approval): Promise<Result<RegisterRecord, ApproveProblem>>;
  /** False when no open request has that id. */
  refuse(eventId: string, refusal: Refusal): Promise<boolean>;
  /** What was answered to a person in the last 30 days, newest first. */
  answersTo(accountKeyOfPerson: string): Promise<readonly MediaAnswer[]>;
}

/** A refusal is news for a while and no mark against anybody for ever. */
const tellAnswersForMs = 30 * 86_400_000;

function toRecord(row: Selectable<Tables['media_register']>): RegisterRecord {
  return {
    entryId: row.entry_id,
    vendorId: row.vendor_id,
    productId: row.product_id,
    serial: row.serial ?? undefined,
    label: row.label,
    issuedTo: row.issued_to,
    issuedAt: row.issued_at ?? undefined,
    returnedAt: row.returned_at ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    createdAt: row.created_at,
  };
}

function toRequest(row: Selectable<Tables['media_requests']>): ApprovalRequest {
  return {
    eventId: row.event_id,
    vendorId: row.vendor_id,
    productId: row.product_id,
    serial: row.serial,
    deviceName: row.device_name,
    sizeBytes: row.size_bytes,
    encryption: verdictSchema.parse(row.encryption),
    reason: row.reason,
    account: row.account,
    hostname: row.hostname,
    requestedAt: row.requested_at,
    decision: row.decision === 'approved' || row.decision === 'refused' ? row.decision : 'open',
  };
}

const requestEventSchema = z.object({ data: mediaApprovalRequestedDataSchema });

/** The row that is kept of an event in which somebody asks; written with the event, in one transaction. */
export function toRequestRow(
  eventId: string,
  data: MediaApprovalRequestedData,
): Insertable<Tables['media_requests']> {
  const { device, account } = data;
  return {
    event_id: eventId,
    vendor_id: device.vendorId,
    product_id: device.productId,
    serial: device.serial,
    device_name: device.name,
    size_bytes: device.sizeBytes,
    encryption: data.encryption,
    reason: data.reason,
    account: account.domain === '' ? account.name : `${account.domain}\\${account.name}`,
    account_key: accountKey(account),
    hostname: data.machine.hostname,
    requested_at: new Date(data.requestedAt).toISOString(),
    decision: 'open',
    decided_at: null,
    decided_by: '',
    decision_reason: '',
  };
}

export function createMediaRegisterRepository(
  database: CollectorDatabase,
  now: () => Date,
): MediaRegisterRepository {
  const addTo = async (
    transaction: Transaction<Tables>,
    entry: NewRegisterEntry,
  ): Promise<Result<RegisterRecord, AddProblem>> => {
    const nowText = now().toISOString();
    const serial = entry.serial?.trim();
    const longest = Math.max(entry.label.length, serial?.length ?? 0);
    if (longest > maxRegisterTextCharacters) return fail('too-long');
    if (serial !== undefined && serialQuality(serial) !== 'good') return fail('weak-serial');
    const serialKey = serial === undefined ? null : normaliseSerial(serial);
    const same = await transaction
      .selectFrom('media_register')
      .select('entry_id')
      .where('vendor_id', '=', entry.vendorId)
      .where('product_id', '=', entry.productId)
      .where('serial_key', serialKey === null ? 'is' : '=', serialKey)
      .where('returned_at', 'is', null)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', nowText)]))
      .executeTakeFirst();
    if (same !== undefined) return fail('already-there');
    const { count } = await transaction
      .selectFrom('media_register')
      .select((expression) => expression.fn.countAll<number>().as('count'))
      .where('returned_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (Number(count) >= maxRegisterEntries) return fail('full');
    const row = {
      entry_id: randomBytes(4).toString('hex'),
      vendor_id: entry.vendorId,
      product_id: entry.productId,
      serial: serial ?? null,
      serial_key: serialKey,
      label: entry.label,
      issued_to: entry.issuedTo,
      issued_at: entry.issuedTo === '' ? null : nowText,
      returned_at: null,
      expires_at: entry.expiresAt ?? null,
      created_at: nowText,
    };
    await transaction.insertInto('media_register').values(row).execute();
    return succeed(toRecord(row));
  };

  return {
    async current() {
      const rows = await database
        .selectFrom('media_register')
        .selectAll()
        .where('returned_at', 'is', null)
        .orderBy('created_at')
        .orderBy('entry_id')
        .limit(maxRegisterEntries)
        .execute();
      return rows.map(toRecord).map(({ vendorId, productId, serial, label, expiresAt }) => ({
        vendorId,
        productId,
        label,
        ...(serial === undefined ? {} : { serial }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }));
    },

    async list() {
      const rows = await database
        .selectFrom('media_register')
        .selectAll()
        .orderBy('created_at')
        .orderBy('entry_id')
        .execute();
      return rows.map(toRecord);
    },

    add: (entry) => database.transaction().execute((transaction) => addTo(transaction, entry)),

    async markReturned(entryId) {
      const { numUpdatedRows } = await database
        .updateTable('media_register')
        .set({ returned_at: now().toISOString() })
        .where('entry_id', '=', entryId)
        .where('returned_at', 'is', null)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async remove(entryId) {
      const { numDeletedRows } = await database
        .deleteFrom('media_register')
        .where('entry_id', '=', entryId)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },

    async listRequests(limit) {
      const rows = await database
        .selectFrom('media_requests')
        .selectAll()
        .orderBy('position', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRequest);
    },

    approve: (eventId, approval) =>
      database.transaction().execute(async (transaction) => {
        const row = await transaction
          .selectFrom('media_requests')
          .selectAll()
          .where('event_id', '=', eventId)
          .where('decision', '=', 'open')
          .executeTakeFirst();
        if (row === undefined) return fail('no-such-request');
        if (row.vendor_id === '' || row.product_id === '') return fail('no-model');
        const { label, issuedTo, expiresAt, wholeModel, decidedBy } = approval;
        const added = await addTo(transaction, {
          vendorId: row.vendor_id,
          productId: row.product_id,
          serial: wholeModel ? undefined : row.serial,
          label,
          issuedTo,
          expiresAt,
        });
        // Somebody else asked for the same device before: that answer is the answer to this request too.
        if (!added.ok && added.error !== 'already-there') return added;
        await transaction
          .updateTable('media_requests')
          .set({ decision: 'approved', decided_at: now().toISOString(), decided_by: decidedBy })
          .where('event_id', '=', eventId)
          .execute();
        return added;
      }),

    async refuse(eventId, { decidedBy, reason }) {
      const { numUpdatedRows } = await database
        .updateTable('media_requests')
        .set({
          decision: 'refused',
          decided_at: now().toISOString(),
          decided_by: decidedBy,
          decision_reason: reason,
        })
        .where('event_id', '=', eventId)
        .where('decision', '=', 'open')
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async answersTo(accountKeyOfPerson) {
      const rows = await database
        .selectFrom('media_requests')
        .innerJoin('events', 'events.event_id', 'media_requests.event_id')
        .select(['raw', 'decision', 'decided_at', 'decided_by', 'decision_reason'])
        .where('account_key', '=', accountKeyOfPerson)
        .where('decided_at', '>=', new Date(now().getTime() - tellAnswersForMs).toISOString())
        .orderBy('decided_at', 'desc')
        .orderBy('media_requests.position', 'desc')
        .limit(maxMediaAnswers)
        .execute();
      return rows.map((row) => {
        const { data } = requestEventSchema.parse(JSON.parse(row.raw));
        const { kind, vendorId, productId, serial, name, sizeBytes } = data.device;
        return {
          insertionId: data.insertionId,
          requestedAt: data.requestedAt,
          device: { kind, vendorId, productId, serial, name, sizeBytes },
          decision: row.decision === 'approved' ? 'approved' : 'refused',
          decidedAt: row.decided_at ?? '',
          decidedBy: row.decided_by,
          reason: row.decision_reason,
        };
      });
    },
  };
}
