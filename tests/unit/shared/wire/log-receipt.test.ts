/** The collector's receipt: read only in its exact form, and never for another event. */
import { expect, it } from 'vitest';
import { type LogReceipt, logReceiptText, readLogReceipt } from '../../../../shared/wire/log-receipt.ts';

const receipt: LogReceipt = {
  origin: 'porthor.collector/0011223344556677',
  eventId: '019ab000-0000-7000-8000-000000000001',
  leafSha256: 'ab'.repeat(32),
  receivedAt: '2026-11-23T08:40:41.002Z',
  inLogBy: '2026-11-23T08:41:41.002Z',
};
const note = (text: string) => `${text}\n— ${receipt.origin} AAAA\n`;

it('is read back as it was written', () => {
  expect(readLogReceipt(note(logReceiptText(receipt)))).toEqual(receipt);
});

it.each([
  ['no signature', logReceiptText(receipt)],
  ['another form', note(logReceiptText(receipt).replace('receipt-v1', 'receipt-v2'))],
  ['a time that is none', note(logReceiptText({ ...receipt, receivedAt: 'yesterday' }))],
  ['a hash that is too short', note(logReceiptText({ ...receipt, leafSha256: 'ab' }))],
  ['a line too many', note(`${logReceiptText(receipt)}more\n`)],
  ['nothing', ''],
])('is not read from %s', (_name, text) => {
  expect(readLogReceipt(text)).toBeUndefined();
});
