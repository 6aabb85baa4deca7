/**
 * Receipts: what this PC knows by itself about who accepted which text.
 *
 * A receipt is on disk when its acceptance event is on disk in the outbox. That one write decides, so no kill can fall
 * between "recorded" and "known". `receipts.json` is the same knowledge in a form that survives the rewriting of the
 * outbox: the outbox forgets a delivered acceptance only when `covers` says that it is saved here, and at every start
 * `reconcile` adds what is missing.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../../../shared/lib/language.ts';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import { policyIdSchema, policyVersionSchema, textSha256Schema } from '../../../shared/policy/pack.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import { acknowledgedDataSchema, type OutboxEvent } from '../../../shared/wire/events.ts';
import { copyAside, type OpenStorageFile } from '../durable-file.ts';
import type { Identity } from '../identity/identity.ts';
import type { Acceptance, AppendProblem, NewEvent, Outbox } from '../outbox/outbox.ts';
import { openSmallStore, type SmallStore, type SmallStoreProblem } from '../small-store.ts';
import { errorReason, type StorageFault } from '../storage-fault.ts';

const receiptSchema = z.strictObject({
  /** The acknowledgement's event id: the one identity of an acceptance, here and at the collector. */
  eventId: z.string().min(1).max(64),
  accountKey: z.string().min(1).max(600),
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  textSha256: textSha256Schema,
  language: languageSchema,
  decidedAt: z.iso.datetime(),
  /** The login session in which it was accepted here; empty where the collector told it. */
  loginId: z.string().max(256),
  fullName: z.string().max(200),
  jobRole: z.string().max(200),
  /** The collector has confirmed that it holds the acknowledgement. */
  delivered: z.boolean(),
  /** Title at the time of acceptance; absent when it was recovered from the outbox, which does not keep it. */
  title: bilingualSchema.optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** `mac` shows that this agent wrote the receipt; absent where its key could not be had at that time. */
const storedReceiptSchema = receiptSchema.extend({ mac: z.string().max(64).optional() });
type StoredReceipt = z.infer<typeof storedReceiptSchema>;

const storeSchema = z.strictObject({ receipts: z.array(storedReceiptSchema) });

/** What tells the agent's own receipts from those that somebody wrote into its files by hand. */
export type ReceiptProof = Pick<Identity, 'macOf' | 'hasSigned'>;

/** `delivered` is left out: it changes, and opens nothing. */
function provenText(receipt: Receipt): string {
  const { eventId, accountKey: key, policyId, policyVersion, textSha256, language, title } = receipt;
  const { decidedAt, loginId, fullName, jobRole } = receipt;
  const texts = [key, policyId, policyVersion, textSha256, language, decidedAt, loginId, fullName, jobRole];
  return JSON.stringify(['porthor-receipt-v1', eventId, ...texts, title?.['en-GB'], title?.['cy-GB']]);
}

/** Delivered receipts kept per account and policy; a policy asked at every login would fill the file otherwise. */
const keptPerPolicy = 50;

export type Receipts = {
  /** An account's receipts, latest decision first. Only those that are proven to be this agent's own. */
  forAccount(key: string): readonly Receipt[];
  /**
   * Whether the receipt of this acceptance is saved, or was dropped in favour of later ones that are, or will never be
   * one because this agent's key has not signed it.
   */
  covers(acceptance: OutboxEvent): boolean;
  /** Whether an acceptance in the outbox is one that this agent's key has signed. */
  proves(acceptance: OutboxEvent): boolean;
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
  /** Undefined where the agent's key cannot be had: what is saved then waits, unused and untouched. */
  readonly proof: ReceiptProof | undefined;
};

const fileName = 'receipts.json';

/** A receipt whose proof does not hold is put aside with the whole file and told; it opens nothing. */
export async function openReceipts(options: ReceiptsOptions): Promise<Result<Receipts, SmallStoreProblem>> {
  const opened = await openSmallStore({ ...options, name: 'receipts', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  const saved = state.found === 'loaded' ? state.value.receipts : [];
  const { proof } = options;
  if (proof === undefined) return succeed(new StoredReceipts(store, [], saved, options));

  const proven: Receipt[] = [];
  const unproven: StoredReceipt[] = [];
  for (const stored of saved) {
    const { mac, ...receipt } = stored;
    if (mac === proof.macOf(provenText(receipt))) proven.push(receipt);
    else unproven.push(stored);
  }
  if (unproven.length === 0) return succeed(new StoredReceipts(store, proven, [], options));
  const found = `${unproven.length} of ${saved.length} receipts were not written by this agent with this key, or were changed since. They do not count.`;
  try {
    const keptAs = await copyAside(join(options.directory, fileName), 'unproven', options.nowUtc());
    options.onFault({
      fault: 'receipt-unproven',
      subject: fileName,
      reason: `${found} The file as it was found is kept as ${keptAs}.`,
    });
    const receipts = new StoredReceipts(store, proven, [], options);
    await receipts.save();
    return succeed(receipts);
  } catch (error) {
    options.onFault({
      fault: 'receipt-unproven',
      subject: fileName,
      reason: `${found} They could not be put aside: ${errorReason(error)}`,
    });
    return succeed(new StoredReceipts(store, proven, unproven, options));
  }
}

class StoredReceipts implements Receipts {
  readonly #store: SmallStore<z.infer<typeof storeSchema>>;
  readonly #options: ReceiptsOptions;
  /** Carried along as they were found. */
  readonly #unproven: readonly StoredReceipt[];
  #receipts: readonly Receipt[];
  #saved: readonly Receipt[];

  constructor(
    store: SmallStore<z.infer<typeof storeSchema>>,
    proven: readonly Receipt[],
    unproven: readonly StoredReceipt[],
    options: ReceiptsOptions,
  ) {
    this.#store = store;
    this.#options = options;
    this.#unproven = unproven;
    this.#saved = proven;
    this.#receipts = proven;
  }

  forAccount(key: string): readonly Receipt[] {
    return this.#receipts.filter((receipt) => receipt.accountKey === key).sort(latestFirst);
  }

  covers(acceptance: OutboxEvent): boolean {
    if ([...this.#saved, ...this.#unproven].some(({ eventId }) => eventId === acceptance.id)) return true;
    if (this.#options.proof === undefined) return false;
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
    const fresh = receipts.filter(({ eventId }) => !known.has(eventId));
    if (fresh.length > 0) await this.save(prune([...this.#receipts, ...fresh]));
  }

  async markDelivered(eventIds: ReadonlySet<string>): Promise<void> {
    if (!this.#receipts.some(({ eventId, delivered }) => !delivered && eventIds.has(eventId))) return;
    await this.save(
      prune(
        this.#receipts.map((receipt) =>
          eventIds.has(receipt.eventId) ? { ...receipt, delivered: true } : receipt,
        ),
      ),
    );
  }

  async save(receipts: readonly Receipt[] = this.#receipts): Promise<void> {
    this.#receipts = receipts;
    const { proof, onFault } = this.#options;
    const stored = receipts.map((receipt) =>
      proof === undefined ? receipt : { ...receipt, mac: proof.macOf(provenText(receipt)) },
    );
    const written = await this.#store.write({ receipts: [...this.#unproven, ...stored] });
    if (written.ok) {
      this.#saved = receipts;
      return;
    }
    onFault({
      fault: 'receipts-not-saved',
      subject: fileName,
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

/**
 * Gives the receipts what the outbox proves and they lack: after a kill, a full disk or a damaged file. The outbox is a
 * file like any other, so an acceptance in it counts for what this agent's key has signed, and for nothing else.
 */
export async function reconcile(outbox: Pick<Outbox, 'acceptances'>, receipts: Receipts): Promise<void> {
  const acceptances = await outbox.acceptances();
  const missing = acceptances
    .filter(({ event }) => receipts.proves(event) && !receipts.covers(event))
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

/**
 * Keeps what the collector knows of an account. The collector is the record and this PC its cache: whoever has signed on
 * one PC is not asked at home, where the laptop has no collector to ask. They are receipts like the agent's own, with the
 * same proof, but for the person's name and role, which the collector does not tell. Nothing of them is sent.
 */
export async function keepKnown(
  receipts: Pick<Receipts, 'add'>,
  key: string,
  known: readonly KnownAcknowledgement[],
): Promise<void> {
  const told = known.map(({ eventId, policyId, policyVersion, textSha256, language, decidedAt }) =>
    receiptSchema.safeParse({
      eventId,
      accountKey: key,
      policyId,
      policyVersion,
      textSha256,
      language,
      decidedAt,
      loginId: '',
      fullName: '',
      jobRole: '',
      delivered: true,
    }),
  );
  // One that is no receipt would make the whole file unreadable.
  await receipts.add(told.flatMap(({ data }) => data ?? []));
}

/** Whether it is the collector's word, and nothing that was answered on this PC as far as it knows. */
export function isFromElsewhere({ loginId }: Receipt): boolean {
  return loginId === '';
}
