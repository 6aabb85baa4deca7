/** The collector's receipt for one acknowledgement: a signed note by the key of its log. */

/** As the first line of the note says. */
const form = 'porthor-receipt-v1';

export interface LogReceipt {
  /** Names the log. */
  readonly origin: string;
  readonly eventId: string;
  /** Hash of the leaf, in hex. */
  readonly leafSha256: string;
  /** ISO UTC: when the event arrived. */
  readonly receivedAt: string;
  /** ISO UTC: the log holds the leaf from then on. */
  readonly inLogBy: string;
}

/** Longest note that an agent keeps. */
export const maxLogReceiptCharacters = 1000;

/** The signed text. */
export function logReceiptText(receipt: LogReceipt): string {
  const { origin, eventId, leafSha256, receivedAt, inLogBy } = receipt;
  return `${[form, origin, eventId, leafSha256, receivedAt, inLogBy].join('\n')}\n`;
}

/** Undefined for a text that is no receipt. The signature is not checked: the agent does not know the key. */
export function readLogReceipt(note: string): LogReceipt | undefined {
  const [, origin = '', eventId = '', leafSha256 = '', receivedAt = '', inLogBy = ''] =
    /^porthor-receipt-v1\n(\S+)\n(\S+)\n([0-9a-f]{64})\n(\S+)\n(\S+)\n\n(?:— \S+ \S+\n)+$/u.exec(note) ?? [];
  const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text));
  return eventId !== '' && isTime(receivedAt) && isTime(inLogBy)
    ? { origin, eventId, leafSha256, receivedAt, inLogBy }
    : undefined;
}
