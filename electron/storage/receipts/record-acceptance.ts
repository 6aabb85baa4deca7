/** The ways in which receipts are added: a new acceptance, the outbox after a failure, and the collector. */
import type { z } from 'zod';
import type { bilingualSchema } from '../../../shared/lib/language.ts';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import type { AppendProblem, NewEvent, Outbox } from '../outbox/outbox.ts';
import { type Receipt, receiptOf, receiptSchema } from './receipt.ts';
import type { Receipts } from './receipts.ts';

/**
 * Records that a person accepted a policy. `ok` when the acceptance is on disk: only then may the gate show "accepted" and
 * open. On a problem nothing counts as accepted. An unwritable `receipts.json` is a fault, not a failure: asking again
 * would record the same acceptance twice.
 */
export async function recordAcceptance(
  { outbox, receipts }: { outbox: Pick<Outbox, 'append'>; receipts: Receipts },
  acceptance: NewEvent<'porthor.policy.acknowledged.v1'>,
  title: z.infer<typeof bilingualSchema>,
): Promise<Result<Receipt, AppendProblem>> {
  if (acceptance.data.action !== 'accepted') throw new TypeError('only an acceptance has a receipt');
  const appended = await outbox.append(acceptance);
  if (!appended.ok) return appended;
  const receipt = receiptOf(appended.value, false);
  if (receipt === undefined) throw new TypeError('the appended event is not an acceptance');
  const titled = { ...receipt, title };
  await receipts.add([titled]);
  return succeed(titled);
}

/**
 * Adds the receipts that the outbox proves and the receipts file lacks, after a kill, a full disk or a damaged file.
 * Anybody can edit the outbox, so an acceptance in it counts only if this agent's key has signed it.
 */
export async function reconcileReceipts(
  outbox: Pick<Outbox, 'acceptances'>,
  receipts: Receipts,
): Promise<void> {
  const acceptances = await outbox.acceptances();
  const missing = acceptances
    .filter(({ event }) => receipts.proves(event) && !receipts.covers(event))
    .flatMap(({ event, delivered }) => receiptOf(event, delivered) ?? []);
  await receipts.add(missing);
  await receipts.markDelivered(
    new Set(acceptances.filter(({ delivered }) => delivered).map(({ event }) => event.id)),
  );
}

/**
 * Saves what the collector knows about an account. The collector has the record and this PC a cache: a person who accepted
 * on one PC is not asked again on a laptop at home, without a collector. These receipts have the same proof as the agent's
 * own, but no name and no role, which the collector does not return. They are never sent.
 */
export async function saveKnownAcknowledgements(
  receipts: Pick<Receipts, 'add'>,
  key: string,
  known: readonly KnownAcknowledgement[],
): Promise<void> {
  const parsed = known.map(({ eventId, policyId, policyVersion, textSha256, language, decidedAt }) =>
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
  // One invalid receipt would make the whole file unreadable.
  await receipts.add(parsed.flatMap(({ data }) => data ?? []));
}
