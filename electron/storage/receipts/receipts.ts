/**
 * The receipts file: which texts people accepted, as far as this PC knows by itself.
 *
 * A receipt is on disk when its acceptance event is on disk in the outbox. That one write decides, so no kill can come
 * between "recorded" and "known". `receipts.json` holds the same knowledge in a form that survives the compaction of the
 * outbox: the outbox forgets a delivered acceptance only when `covers` says that it is saved here, and every start adds
 * what is missing (`reconcileReceipts`).
 */
import { join } from 'node:path';
import { z } from 'zod';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import { acknowledgedDataSchema, type OutboxEvent } from '../../../shared/wire/events.ts';
import { copyAside, type OpenStorageFile } from '../durable-file.ts';
import type { Identity } from '../identity/identity.ts';
import { openSmallStore, type SmallStore, type SmallStoreProblem } from '../small-store.ts';
import { errorReason, type StorageFault } from '../storage-fault.ts';
import { type Receipt, receiptOf, receiptSchema } from './receipt.ts';

/** `mac` proves that this agent wrote the receipt; absent where its key was unavailable. */
const storedReceiptSchema = receiptSchema.extend({ mac: z.string().max(64).optional() });
type StoredReceipt = z.infer<typeof storedReceiptSchema>;

const storeSchema = z.strictObject({
  receipts: z.array(storedReceiptSchema),
  /** The collector has erased what the person accepted before this time, so it no longer counts here either. */
  forgottenBefore: z.iso.datetime().optional(),
});

/** Distinguishes the agent's own receipts from hand-written ones. */
export type ReceiptProof = Pick<Identity, 'macOf' | 'hasSigned'>;

/** Without `delivered` and `confirmation`, which come later and open nothing. */
function provenText(receipt: Receipt): string {
  const { eventId, accountKey: key, policyId, policyVersion, textSha256, language, title } = receipt;
  const { decidedAt, loginId, fullName, jobRole } = receipt;
  const texts = [key, policyId, policyVersion, textSha256, language, decidedAt, loginId, fullName, jobRole];
  return JSON.stringify(['porthor-receipt-v1', eventId, ...texts, title?.['en-GB'], title?.['cy-GB']]);
}

/** Delivered receipts kept per account and policy, because a policy asked at every login would fill the file. */
const keptPerPolicy = 50;

export type Receipts = {
  /** The account's receipts, latest decision first; only those that this agent proves to be its own. */
  forAccount(key: string): readonly Receipt[];
  /**
   * Whether the outbox may forget the acceptance: its receipt is saved, or was dropped in favour of later ones that are
   * saved, or will never exist because this agent's key did not sign the acceptance.
   */
  covers(acceptance: OutboxEvent): boolean;
  /** Whether this agent's key signed the acceptance. */
  proves(acceptance: OutboxEvent): boolean;
  /**
   * Adds missing receipts. They count at once, because their events are on disk. A failed save is reported to `onFault`
   * and repeated with the next change.
   */
  add(receipts: readonly Receipt[]): Promise<void>;
  /** Forgets the delivered receipts of decisions before a time, for good: the outbox does not bring them back. */
  forgetBefore(isoUtc: string): Promise<void>;
  /** `confirmations`: what the collector has signed about them, by the id of the event. */
  markDelivered(eventIds: ReadonlySet<string>, confirmations?: ReadonlyMap<string, string>): Promise<void>;
};

export type ReceiptsOptions = {
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly openFile?: OpenStorageFile;
  /** Undefined where the agent's key is unavailable: saved receipts then stay unused and untouched. */
  readonly proof: ReceiptProof | undefined;
};

const fileName = 'receipts.json';

/** A receipt whose proof is wrong opens nothing. It is reported, and the whole file is copied aside. */
export async function openReceipts(options: ReceiptsOptions): Promise<Result<Receipts, SmallStoreProblem>> {
  const opened = await openSmallStore({ ...options, name: 'receipts', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  const saved = state.found === 'loaded' ? state.value.receipts : [];
  const forgotten = state.found === 'loaded' ? state.value.forgottenBefore : undefined;
  const { proof } = options;
  if (proof === undefined) return succeed(new StoredReceipts(store, [], saved, forgotten, options));

  const proven: Receipt[] = [];
  const unproven: StoredReceipt[] = [];
  for (const stored of saved) {
    const { mac, ...receipt } = stored;
    if (mac === proof.macOf(provenText(receipt))) proven.push(receipt);
    else unproven.push(stored);
  }
  if (unproven.length === 0) return succeed(new StoredReceipts(store, proven, [], forgotten, options));
  const found = `${unproven.length} of ${saved.length} receipts were not written by this agent with this key, or were changed since. They do not count.`;
  try {
    const keptAs = await copyAside(join(options.directory, fileName), 'unproven', options.nowUtc());
    options.onFault({
      fault: 'receipt-unproven',
      subject: fileName,
      reason: `${found} The file as it was found is kept as ${keptAs}.`,
    });
    const receipts = new StoredReceipts(store, proven, [], forgotten, options);
    await receipts.save();
    return succeed(receipts);
  } catch (error) {
    options.onFault({
      fault: 'receipt-unproven',
      subject: fileName,
      reason: `${found} They could not be copied aside: ${errorReason(error)}`,
    });
    return succeed(new StoredReceipts(store, proven, unproven, forgotten, options));
  }
}

class StoredReceipts implements Receipts {
  readonly #store: SmallStore<z.infer<typeof storeSchema>>;
  readonly #options: ReceiptsOptions;
  /** Saved again as they were found. */
  readonly #unproven: readonly StoredReceipt[];
  #receipts: readonly Receipt[];
  #saved: readonly Receipt[];
  #forgottenBefore: string | undefined;

  constructor(
    store: SmallStore<z.infer<typeof storeSchema>>,
    proven: readonly Receipt[],
    unproven: readonly StoredReceipt[],
    forgottenBefore: string | undefined,
    options: ReceiptsOptions,
  ) {
    this.#store = store;
    this.#options = options;
    this.#unproven = unproven;
    this.#saved = proven;
    this.#receipts = proven;
    this.#forgottenBefore = forgottenBefore;
  }

  forAccount(key: string): readonly Receipt[] {
    return this.#receipts.filter((receipt) => receipt.accountKey === key).sort(latestFirst);
  }

  covers(acceptance: OutboxEvent): boolean {
    if ([...this.#saved, ...this.#unproven].some(({ eventId }) => eventId === acceptance.id)) return true;
    if (this.#options.proof === undefined) return false;
    if (this.#isForgotten(receiptOf(acceptance, true))) return true;
    if (!this.proves(acceptance)) return true;
    const receipt = receiptOf(acceptance, true);
    if (receipt === undefined) return false;
    const later = this.#saved.filter(
      (other) => samePolicy(other, receipt) && Date.parse(other.decidedAt) > Date.parse(receipt.decidedAt),
    );
    return later.length >= keptPerPolicy;
  }

  proves(acceptance: OutboxEvent): boolean {
    const data = acknowledgedDataSchema.safeParse(acceptance.data);
    return data.success && this.#options.proof?.hasSigned(data.data) === true;
  }

  async add(receipts: readonly Receipt[]): Promise<void> {
    const known = new Set(this.#receipts.map(({ eventId }) => eventId));
    const fresh = receipts.filter((receipt) => !known.has(receipt.eventId) && !this.#isForgotten(receipt));
    if (fresh.length > 0) await this.save(prune([...this.#receipts, ...fresh]));
  }

  #isForgotten(receipt: Receipt | undefined): boolean {
    if (receipt === undefined || this.#forgottenBefore === undefined) return false;
    return Date.parse(receipt.decidedAt) < Date.parse(this.#forgottenBefore);
  }

  async forgetBefore(isoUtc: string): Promise<void> {
    if (this.#forgottenBefore !== undefined && Date.parse(this.#forgottenBefore) >= Date.parse(isoUtc))
      return;
    this.#forgottenBefore = isoUtc;
    // What the collector does not have yet was not erased there.
    await this.save(this.#receipts.filter((receipt) => !receipt.delivered || !this.#isForgotten(receipt)));
  }

  async markDelivered(
    eventIds: ReadonlySet<string>,
    confirmations: ReadonlyMap<string, string> = new Map(),
  ): Promise<void> {
    const isNews = ({ eventId, delivered, confirmation }: Receipt): boolean =>
      eventIds.has(eventId) && (!delivered || (confirmation === undefined && confirmations.has(eventId)));
    if (!this.#receipts.some(isNews)) return;
    await this.save(
      prune(
        this.#receipts.map((receipt) => {
          if (!isNews(receipt)) return receipt;
          const confirmation = receipt.confirmation ?? confirmations.get(receipt.eventId);
          return { ...receipt, delivered: true, ...(confirmation === undefined ? {} : { confirmation }) };
        }),
      ),
    );
  }

  async save(receipts: readonly Receipt[] = this.#receipts): Promise<void> {
    this.#receipts = receipts;
    const { proof, onFault } = this.#options;
    const stored = receipts.map((receipt) =>
      proof === undefined ? receipt : { ...receipt, mac: proof.macOf(provenText(receipt)) },
    );
    const forgottenBefore = this.#forgottenBefore;
    const written = await this.#store.write({
      receipts: [...this.#unproven, ...stored],
      ...(forgottenBefore === undefined ? {} : { forgottenBefore }),
    });
    if (written.ok) {
      this.#saved = receipts;
      return;
    }
    onFault({
      fault: 'receipts-not-saved',
      subject: fileName,
      reason: `The receipts are in the outbox but could not be saved beside it: ${written.error.reason}`,
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
