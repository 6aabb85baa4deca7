/** A receipt: this PC's proof that a person accepted one exact text. */
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../../../shared/lib/language.ts';
import { policyIdSchema, policyVersionSchema, textSha256Schema } from '../../../shared/policy/pack.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { acknowledgedDataSchema, type OutboxEvent } from '../../../shared/wire/events.ts';
import { maxLogReceiptCharacters } from '../../../shared/wire/log-receipt.ts';

export const receiptSchema = z.strictObject({
  /** The id of the acknowledgement event: it identifies the acceptance here and at the collector. */
  eventId: z.string().min(1).max(64),
  accountKey: z.string().min(1).max(600),
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  textSha256: textSha256Schema,
  language: languageSchema,
  decidedAt: z.iso.datetime(),
  /** The login session in which the person accepted here; empty where the collector reported the acceptance. */
  loginId: z.string().max(256),
  fullName: z.string().max(200),
  jobRole: z.string().max(200),
  /** The collector has confirmed that it holds the acknowledgement. */
  delivered: z.boolean(),
  /** The collector's own receipt, as it signed it; absent where it gave none. */
  confirmation: z.string().max(maxLogReceiptCharacters).optional(),
  /** Title at the time of acceptance; absent from a receipt that was recovered from the outbox, which has no titles. */
  title: bilingualSchema.optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** The receipt of an acceptance event; undefined for any other event. */
export function receiptOf(event: OutboxEvent, delivered: boolean): Receipt | undefined {
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

/** Whether the receipt comes from the collector, so that the person accepted on another PC or before this one was wiped. */
export function isFromCollector({ loginId }: Receipt): boolean {
  return loginId === '';
}
