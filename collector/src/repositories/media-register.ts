/** The device register: approved devices, the people they are issued to, and requests for approval. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Insertable, Selectable, Transaction } from 'kysely';
import { z } from 'zod';
import { normaliseSerial, serialQuality } from '../../../shared/device/serial-number.ts';
import { type Verdict, verdictSchema } from '../../../shared/device/verdict.ts';
import { loosen } from '../../../shared/lib/loosen.ts';
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
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { noteAudit } from './audit.ts';
import { addLogRecords } from './log-records.ts';

export interface RegisterRecord {
  /** Short name for the command line. */
  readonly entryId: string;
  readonly vendorId: string;
  readonly productId: string;
  /** Undefined: the whole model is approved. */
  readonly serial: string | undefined;
  readonly label: string;
  /** Empty for a device that is issued to no person. */
  readonly issuedTo: string;
  readonly issuedAt: string | undefined;
  /** A returned device is no longer approved; its entry stays as a record. */
  readonly returnedAt: string | undefined;
  readonly expiresAt: string | undefined;
  readonly createdAt: string;
}

type NewRegisterEntry = Pick<RegisterRecord, 'vendorId' | 'productId' | 'label' | 'issuedTo'> &
  Pick<RegisterRecord, 'serial' | 'expiresAt'>;

/**
 * `already-there`: this device, or this model, is approved now. `weak-serial`: many devices share such a number, so only
 * the whole model can be approved. `full`: agents refuse a longer list. `too-long`: agents refuse such an entry.
 */
export type AddProblem = 'already-there' | 'weak-serial' | 'full' | 'too-long';

interface ApprovalRequest {
  readonly eventId: string;
  readonly vendorId: string;
  readonly productId: string;
  /** Empty for a device without one, and where reports leave serial numbers out. */
  readonly serial: string;
  readonly deviceName: string;
  readonly sizeBytes: number;
  readonly encryption: Verdict;
  readonly reason: string;
  readonly account: string;
  readonly hostname: string;
  readonly requestedAt: string;
  readonly decision: 'open' | 'approved' | 'refused';
  readonly decidedAt?: string;
  readonly decidedBy: string;
  readonly decisionReason: string;
}

interface Approval {
  readonly label: string;
  readonly issuedTo: string;
  readonly expiresAt: string | undefined;
  /** Approves every device of the model, for a device whose serial number is not its own. */
  readonly wholeModel: boolean;
  /** The approver's name, as the sender of the request reads it; may be empty. */
  readonly decidedBy: string;
  /** Default: none. */
  readonly reason?: string;
}

interface Refusal {
  /** The name of the person who refuses, as the sender of the request reads it; this and the reason may be empty. */
  readonly decidedBy: string;
  readonly reason: string;
}

/** `no-model`: the device has no vendor and product id, so that no register entry could match it. */
export type ApproveProblem = AddProblem | 'no-such-request' | 'no-model';

export interface MediaRegisterRepository {
  /** The entries for agents: every device that is not returned, expired or not, oldest first. */
  current(): Promise<readonly RegisterEntry[]>;
  /** Everything, oldest first. */
  list(): Promise<readonly RegisterRecord[]>;
  /** `actor`, here and below: the person in the console, for the audit log. */
  add(entry: NewRegisterEntry, actor?: string): Promise<Result<RegisterRecord, AddProblem>>;
  /** False when no unreturned entry has that id. A lost device ends like one that was handed back. */
  markReturned(
    entryId: string,
    end?: { readonly isLost: boolean; readonly actor: string | undefined },
  ): Promise<boolean>;
  /** Removes an entry that was made by mistake. False when there is none. */
  remove(entryId: string): Promise<boolean>;
  /** Newest first. */
  listRequests(limit: number): Promise<readonly ApprovalRequest[]>;
  approve(
    eventId: string,
    approval: Approval,
    actor?: string,
  ): Promise<Result<RegisterRecord, ApproveProblem>>;
  /** False when no open request has that id. */
  refuse(eventId: string, refusal: Refusal, actor?: string): Promise<boolean>;
  /** Answers to an account's requests in the last 30 days, newest first. */
  answersTo(accountKeyOfPerson: string): Promise<readonly MediaAnswer[]>;
}

/** A refusal is news for a while and not a permanent mark against a person. */
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
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at }),
    decidedBy: row.decided_by,
    decisionReason: row.decision_reason,
  };
}

const requestEventSchema = z.object({ data: loosen(mediaApprovalRequestedDataSchema) });

/** The columns of a request that follow from its event alone. */
export function toRequestRow(
  eventId: string,
  data: MediaApprovalRequestedData,
): Omit<Insertable<Tables['media_requests']>, 'school_id'> {
  const { device, account } = data;
  return {
    event_id: eventId,
    vendor_id: device.vendorId,
    product_id: device.productId,
    serial: asKept(device.serial),
    device_name: asKept(device.name),
    size_bytes: device.sizeBytes,
    encryption: data.encryption,
    reason: asKept(data.reason),
    account: asKept(account.domain === '' ? account.name : `${account.domain}\\${account.name}`),
    account_key: asKept(accountKey(account)),
    hostname: asKept(data.machine.hostname),
    requested_at: new Date(data.requestedAt).toISOString(),
    decision: 'open',
    decided_at: null,
    decided_by: '',
    decision_reason: '',
  };
}

/** The same from the text of a stored event; undefined for a text that is no such request. */
export function requestRowOf(eventId: string, raw: string): ReturnType<typeof toRequestRow> | undefined {
  try {
    const parsed = requestEventSchema.safeParse(JSON.parse(raw));
    return parsed.success ? toRequestRow(eventId, parsed.data.data) : undefined;
  } catch {
    return undefined;
  }
}

interface InSchool {
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
  /** The person in the console; absent for the command line. */
  readonly actor?: string | undefined;
}

/** Names the leaf of an entry of the device register. */
export function approvalRecordId(schoolId: string, entryId: string): string {
  return `approval:${schoolId}:${entryId}`;
}

/** What is done to the device register gets a leaf in the log, and a person's act an entry in the audit log. */
async function noteApproval(
  transaction: Transaction<Tables>,
  { schoolId, at, actor }: InSchool,
  facts: { readonly act: string; readonly entry?: string; readonly request?: string } & Record<
    string,
    unknown
  >,
  id = `approval:${randomUUID()}`,
): Promise<void> {
  await addLogRecords(transaction, [{ id, kind: 'approval', schoolId, at, facts }]);
  if (actor === undefined) return;
  const subject = facts.request === undefined ? `device:${facts.entry ?? ''}` : `request:${facts.request}`;
  await noteAudit(transaction, [{ schoolId, at, actor, act: `device-${facts.act}`, subject, detail: '' }]);
}

async function addEntry(
  transaction: Transaction<Tables>,
  { schoolId, at, actor }: InSchool,
  entry: NewRegisterEntry,
): Promise<Result<RegisterRecord, AddProblem>> {
  const serial = entry.serial?.trim();
  const longest = Math.max(entry.label.length, serial?.length ?? 0);
  if (longest > maxRegisterTextCharacters) return fail('too-long');
  if (serial !== undefined && serialQuality(serial) !== 'good') return fail('weak-serial');
  const serialKey = serial === undefined ? null : normaliseSerial(serial);
  const same = await transaction
    .selectFrom('media_register')
    .select('entry_id')
    .where('school_id', '=', schoolId)
    .where('vendor_id', '=', entry.vendorId)
    .where('product_id', '=', entry.productId)
    .where('serial_key', serialKey === null ? 'is' : '=', serialKey)
    .where('returned_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', at)]))
    .executeTakeFirst();
  if (same !== undefined) return fail('already-there');
  const { count } = await transaction
    .selectFrom('media_register')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .where('school_id', '=', schoolId)
    .where('returned_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(count) >= maxRegisterEntries) return fail('full');
  const row = {
    school_id: schoolId,
    entry_id: randomBytes(4).toString('hex'),
    vendor_id: entry.vendorId,
    product_id: entry.productId,
    serial: serial ?? null,
    serial_key: serialKey,
    label: entry.label,
    issued_to: entry.issuedTo,
    issued_at: entry.issuedTo === '' ? null : at,
    returned_at: null,
    lost: 0,
    expires_at: entry.expiresAt ?? null,
    created_at: at,
  };
  await transaction.insertInto('media_register').values(row).execute();
  const { entry_id: entryId, serial: kept, label, issued_to: issuedTo, expires_at: expiresAt } = row;
  const [vendor, product] = [row.vendor_id, row.product_id];
  const facts = { act: 'added', entry: entryId, vendor, product, serial: kept, label, issuedTo, expiresAt };
  await noteApproval(
    transaction,
    { schoolId, at, actor },
    { ...facts, returnedAt: null },
    approvalRecordId(schoolId, entryId),
  );
  return succeed(toRecord(row));
}

async function approve(
  transaction: Transaction<Tables>,
  input: InSchool & { readonly eventId: string; readonly approval: Approval },
): Promise<Result<RegisterRecord, ApproveProblem>> {
  const row = await transaction
    .selectFrom('media_requests')
    .selectAll()
    .where('school_id', '=', input.schoolId)
    .where('event_id', '=', input.eventId)
    .where('decision', '=', 'open')
    .executeTakeFirst();
  if (row === undefined) return fail('no-such-request');
  if (row.vendor_id === '' || row.product_id === '') return fail('no-model');
  const { label, issuedTo, expiresAt, wholeModel, decidedBy, reason = '' } = input.approval;
  const added = await addEntry(transaction, input, {
    vendorId: row.vendor_id,
    productId: row.product_id,
    serial: wholeModel ? undefined : row.serial,
    label,
    issuedTo,
    expiresAt,
  });
  // An earlier approval of the same device answers this request too.
  if (!added.ok && added.error !== 'already-there') return added;
  await transaction
    .updateTable('media_requests')
    .set({ decision: 'approved', decided_at: input.at, decided_by: decidedBy, decision_reason: reason })
    .where('event_id', '=', input.eventId)
    .execute();
  const entry = added.ok ? added.value.entryId : '';
  await noteApproval(transaction, input, {
    act: 'approved',
    request: input.eventId,
    entry,
    by: decidedBy,
    reason,
  });
  return added;
}

export const mediaRegisterWrites = {
  'register.add': (
    transaction: Transaction<Tables>,
    input: InSchool & { readonly entry: NewRegisterEntry },
  ): Promise<Result<RegisterRecord, AddProblem>> => addEntry(transaction, input, input.entry),

  'register.markReturned': async (
    transaction: Transaction<Tables>,
    {
      schoolId,
      at,
      actor,
      entryId,
      isLost,
    }: InSchool & { readonly entryId: string; readonly isLost: boolean },
  ): Promise<boolean> => {
    const { numUpdatedRows } = await transaction
      .updateTable('media_register')
      .set({ returned_at: at, lost: isLost ? 1 : 0 })
      .where('school_id', '=', schoolId)
      .where('entry_id', '=', entryId)
      .where('returned_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    const act = isLost ? 'lost' : 'returned';
    await noteApproval(transaction, { schoolId, at, actor }, { act, entry: entryId });
    return true;
  },

  'register.remove': async (
    transaction: Transaction<Tables>,
    { schoolId, at, entryId }: InSchool & { readonly entryId: string },
  ): Promise<boolean> => {
    const { numDeletedRows } = await transaction
      .deleteFrom('media_register')
      .where('school_id', '=', schoolId)
      .where('entry_id', '=', entryId)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    await noteApproval(transaction, { schoolId, at }, { act: 'removed', entry: entryId });
    return true;
  },

  'register.approve': approve,

  'register.refuse': async (
    transaction: Transaction<Tables>,
    input: InSchool & { readonly eventId: string; readonly refusal: Refusal },
  ): Promise<boolean> => {
    const { numUpdatedRows } = await transaction
      .updateTable('media_requests')
      .set({
        decision: 'refused',
        decided_at: input.at,
        decided_by: input.refusal.decidedBy,
        decision_reason: input.refusal.reason,
      })
      .where('school_id', '=', input.schoolId)
      .where('event_id', '=', input.eventId)
      .where('decision', '=', 'open')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    const { decidedBy: by, reason } = input.refusal;
    await noteApproval(transaction, input, { act: 'refused', request: input.eventId, by, reason });
    return true;
  },
};

/** Of one school. */
export function createMediaRegisterRepository(
  storage: Storage,
  now: () => Date,
  schoolId: string,
): MediaRegisterRepository {
  const { reader } = storage;
  const at = (): string => now().toISOString();
  return {
    async current() {
      const rows = await reader
        .selectFrom('media_register')
        .selectAll()
        .where('school_id', '=', schoolId)
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
      const rows = await reader
        .selectFrom('media_register')
        .selectAll()
        .where('school_id', '=', schoolId)
        .orderBy('created_at')
        .orderBy('entry_id')
        .execute();
      return rows.map(toRecord);
    },

    add: (entry, actor) => storage.write('register.add', { schoolId, at: at(), actor, entry }),
    markReturned: (entryId, { isLost, actor } = { isLost: false, actor: undefined }) =>
      storage.write('register.markReturned', { schoolId, at: at(), actor, entryId, isLost }),
    remove: (entryId) => storage.write('register.remove', { schoolId, at: at(), entryId }),

    async listRequests(limit) {
      const rows = await reader
        .selectFrom('media_requests')
        .selectAll()
        .where('school_id', '=', schoolId)
        .orderBy('position', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRequest);
    },

    approve: (eventId, approval, actor) =>
      storage.write('register.approve', { schoolId, at: at(), actor, eventId, approval }),
    refuse: (eventId, refusal, actor) =>
      storage.write('register.refuse', { schoolId, at: at(), actor, eventId, refusal }),

    async answersTo(accountKeyOfPerson) {
      const rows = await reader
        .selectFrom('media_requests')
        .innerJoin('events', 'events.event_id', 'media_requests.event_id')
        .select(['raw', 'decision', 'decided_at', 'decided_by', 'decision_reason'])
        .where('media_requests.school_id', '=', schoolId)
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
