/** Signs the receipt that an agent gets for an acknowledgement: the log holds its leaf within a minute. */
import { logReceiptText } from '../../../shared/wire/log-receipt.ts';
import { type LogKey, signNote } from './checkpoint.ts';

/** The sequencer takes a leaf within about a second. A database that is busy or away may take longer. */
const inLogWithinMs = 60_000;

export function signLogReceipt(
  leaf: { readonly eventId: string; readonly leafSha256: string; readonly receivedAt: string },
  key: LogKey,
): string {
  const inLogBy = new Date(Date.parse(leaf.receivedAt) + inLogWithinMs).toISOString();
  return signNote(logReceiptText({ origin: key.name, ...leaf, inLogBy }), key);
}
