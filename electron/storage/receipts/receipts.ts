/**
 * Receipts: what this PC knows by itself about who accepted which text.
 *
 * A receipt is on disk when its acceptance event is on disk in the outbox. That one write decides, so no kill can fall
 * between "recorded" and "known". `receipts.json` is the same knowledge in a form that survives the rewriting of the
 * outbox: the outbox forgets a delivered acceptance only when `covers` says that it is saved here, and at every start
 * `reconcile` adds what is missing.
 */
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../../../shared/lib/language.ts';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import { policyIdSchema, policyVersionSchema, textSha256Schema } from '../../../shared/policy/pack.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { acknowledgedDataSchema, type OutboxEvent } from '../../../shared/wire/events.ts';
import type { OpenStorageFile } from '../durable-file.ts';
import type { Acceptance, AppendProblem, NewEvent, Outbox } from '../outbox/outbox.ts';
import { openSmallStore, type SmallStore, type SmallStoreProblem } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';

const receiptSchema = z.strictObject({
  /** The acknowledgement's event id: the one identity of an acceptance, here and at the collector. */
  eventId: z.string().min(1).max(64),
  accountKey: z.string().min(1).max(600),
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  textSha256: textSha256Schema,
  language: languageSchema,
  decidedAt: z.iso.datetime(),
  loginId: z.string().max(256),
  fullName: z.string().max(200),
  jobRole: z.string().max(200),
  /** The collector has confirmed that it holds the acknowledgement. */
  delivered: z.boolean(),
  /** Title at the time of acceptance; absent when it was recovered from the outbox, which does not keep it. */
  title: bilingualSchema.optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;

const storeSchema = z.strictObject({ receipts: z.array(receiptSchema) });

/** Delivered receipts kept per account and policy; a policy asked at every login would fill the file otherwise. */
const keptPerPolicy = 50;

export type Receipts = {
  /** An account's receipts, latest decision first. */
  forAccount(key: string): readonly Receipt[];
  /** Whether the receipt of this acceptance is saved, or was dropped in favour of later ones that are. */
  covers(acceptance: OutboxEvent): boolean;
  /**
   * Adds receipts that are not there yet. They count at once, as their events are on disk; one that could not be saved
   * is told to `onFault` and saved with the next change.
   */
  add(receipts: readonly Receipt[]): Promise<void>;
  markDelivered(eventIds: ReadonlySet<string>): Promise<void>;
};

export type ReceiptsOptions = {
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly openFile?: OpenStorageFile;
};

export async function openReceipts(options: ReceiptsOptions): Promise<Result<Receipts, SmallStoreProblem>> {
  const opened = await openSmallStore({ ...options, name: 'receipts', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  const saved = state.found === 'loaded' ? state.value.receipts : [];
  return succeed(new StoredReceipts(store, saved, options.onFault));
}

class StoredReceipts implements Receipts {
  readonly #store: SmallStore<z.infer<typeof storeSchema>>;
  readonly #onFault: (fault: StorageFault) => void;
  #receipts: readonly Receipt[];
  #saved: readonly Receipt[];

  constructor(
    store: SmallStore<z.infer<typeof storeSchema>>,
    saved: readonly Receipt[],
    onFault: (fault: StorageFault) => void,
  ) {
    this.#store = store;
    this.#onFault = onFault;
    this.#saved = saved;
    this.#receipts = saved;
  }

  forAccount(key: string): readonly Receipt[] {
    return this.#receipts.filter((receipt) => receipt.accountKey === key).sort(latestFirst);
  }

  covers(acceptance: OutboxEvent): boolean {
    if (this.#saved.some(({ eventId }) => eventId === acceptance.id)) return true;
    const receipt = receiptOf(acceptance, true);
    if (receipt === undefined) return false;
    const later = this.#saved.filter(
      (other) => samePolicy(other, receipt) && Date.parse(other.decidedAt) > Date.parse(receipt.decidedAt),
    );
    return later.length >= keptPerPolicy;
  }

  async add(receipts: readonly Receipt[]): Promise<void> {
    const known = new Set(this.#receipts.map(({ eventId }) => eventId));
    const fresh = receipts.filter(({ eventId }) => !known.has(eventId));
    if (fresh.length > 0) await this.#save(prune([...this.#receipts, ...fresh]));
  }

  async markDelivered(eventIds: ReadonlySet<string>): Promise<void> {
    if (!this.#receipts.some(({ eventId, delivered }) => !delivered && eventIds.has(eventId))) return;
    await this.#save(
      prune(
        this.#receipts.map((receipt) =>
          eventIds.has(receipt.eventId) ? { ...receipt, delivered: true } : receipt,
        ),
      ),
    );
  }

  async #save(receipts: readonly Receipt[]): Promise<void> {
    this.#receipts = receipts;
    const written = await this.#store.write({ receipts: [...receipts] });
    if (written.ok) {
      this.#saved = receipts;
      return;
    }
    this.#onFault({
      fault: 'receipts-not-saved',
      subject: 'receipts.json',
      reason: `The receipts stand in the outbox but could not be saved beside it: ${written.error.reason}`,
    });
  }
}

function latestFirst(left: Receipt, right: Receipt): number {
  return Date.parse(right.decidedAt) - Date.parse(left.decidedAt);
}

function samePolicy(left: Receipt, right: Receipt): boolean {
  return left.accountKey === right.accountKey && left.policyId === right.policyId;
}

function prune(receipts: readonly Receipt[]): Receipt[] {
  const counts = new Map<string, number>();
  const kept = new Set<Receipt>();
  for (const receipt of [...receipts].sort(latestFirst)) {
    const key = JSON.stringify([receipt.accountKey, receipt.policyId]);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    if (count < keptPerPolicy || !receipt.delivered) kept.add(receipt);
  }
  return receipts.filter((receipt) => kept.has(receipt));
}

/** The receipt that an acceptance event proves; undefined for any other event. */
function receiptOf(event: OutboxEvent, delivered: boolean): Receipt | undefined {
  if (event.type !== 'porthor.policy.acknowledged.v1') return undefined;
  const parsed = acknowledgedDataSchema.safeParse(event.data);
  if (!parsed.success || parsed.data.action !== 'accepted') return undefined;
  const { data } = parsed;
  return {
    eventId: event.id,
    accountKey: accountKey(data.account),
    policyId: data.policyId,
    policyVersion: data.policyVersion,
    textSha256: data.textSha256,
    language: data.language,
    decidedAt: data.decidedAt,
    loginId: data.loginId,
    fullName: data.fullName,
    jobRole: data.jobRole,
    delivered,
  };
}

/** Gives the receipts what the outbox proves and they lack: after a kill, a full disk or a damaged file. */
export async function reconcile(outbox: Pick<Outbox, 'acceptances'>, receipts: Receipts): Promise<void> {
  const acceptances = await outbox.acceptances();
  const missing = acceptances
    .filter(({ event }) => !receipts.covers(event))
    .flatMap(({ event, delivered }: Acceptance) => receiptOf(event, delivered) ?? []);
  await receipts.add(missing);
  await receipts.markDelivered(
    new Set(acceptances.filter(({ delivered }) => delivered).map(({ event }) => event.id)),
  );
}

/**
 * Records that a person accepted a policy. `ok` when the acceptance is on disk for good: only then may the word
 * "accepted" be shown and the gate open. On a problem nothing counts as accepted. That `receipts.json` could not be
 * written is a fault and no failure: to ask again would record the same acceptance twice.
 */
export async function recordAcceptance(
  { outbox, receipts }: { outbox: Pick<Outbox, 'append'>; receipts: Receipts },
  acceptance: NewEvent<'porthor.policy.acknowledged.v1'>,
  title: z.infer<typeof bilingualSchema>,
): Promise<Result<Receipt, AppendProblem>> {
  if (acceptance.data.action !== 'accepted') throw new TypeError('only an acceptance leaves a receipt');
  const appended = await outbox.append(acceptance);
  if (!appended.ok) return appended;
  const receipt = receiptOf(appended.value, false);
  if (receipt === undefined) throw new TypeError('an acceptance that was appended must be one');
  const titled = { ...receipt, title };
  await receipts.add([titled]);
  return succeed(titled);
}
