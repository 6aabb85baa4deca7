/** One line of the outbox's log: a checksum, a space, a JSON record. */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { loosen } from '../../../shared/lib/loosen.ts';
import { outboxEventSchema } from '../../../shared/wire/events.ts';

export const logFormat = 1;

const headerSchema = z.strictObject({
  kind: z.literal('header'),
  format: z.literal(logFormat),
  /** Every lower number has been used, also by events that are no longer in the log. */
  nextSequence: z.int().min(1),
  /** Hash of the event with the number before. Absent in a new log and after a loss. */
  lastSha256: outboxEventSchema.shape.previous,
});

const settledOutcomeSchema = z.enum(['delivered', 'refused', 'evicted']);
export type SettledOutcome = z.infer<typeof settledOutcomeSchema>;

const recordSchema = z.discriminatedUnion('kind', [
  headerSchema,
  z.strictObject({ kind: z.literal('event'), event: outboxEventSchema }),
  z.strictObject({ kind: z.literal('settled'), outcome: settledOutcomeSchema, ids: z.array(z.string()) }),
]);
/** A newer version of the agent may have added members. */
const readRecordSchema = loosen(recordSchema);
export type LogRecord = z.infer<typeof recordSchema>;

const futureSchema = z.looseObject({ kind: z.literal('header'), format: z.int() });

export type DecodedLine =
  | { readonly kind: 'record'; readonly record: LogRecord }
  /** The header of another format: a newer agent wrote the file. */
  | { readonly kind: 'other-format'; readonly format: number }
  | { readonly kind: 'corrupt' };

const checksumLength = 8;
const lineFeed = 0x0a;
const settledIdsPerLine = 500;

/** Returns the line with its line end. */
export function encodeLine(record: LogRecord): Buffer {
  return encodeJsonLine(JSON.stringify(record));
}

/** The same for an event that is JSON already, so that a large event is serialised once. */
export function encodeEventLine(eventJson: string): Buffer {
  return encodeJsonLine(`{"kind":"event","event":${eventJson}}`);
}

/** One line per outcome and 500 ids, so that no line grows without limit. */
export function encodeSettledLines(
  settlements: readonly { readonly id: string; readonly outcome: SettledOutcome }[],
): Buffer[] {
  const lines: Buffer[] = [];
  for (const outcome of settledOutcomeSchema.options) {
    const ids = settlements.filter((each) => each.outcome === outcome).map(({ id }) => id);
    for (let start = 0; start < ids.length; start += settledIdsPerLine) {
      lines.push(encodeLine({ kind: 'settled', outcome, ids: ids.slice(start, start + settledIdsPerLine) }));
    }
  }
  return lines;
}

function encodeJsonLine(json: string): Buffer {
  const body = Buffer.from(json, 'utf8');
  const line = Buffer.allocUnsafe(checksumLength + 1 + body.length + 1);
  line.write(crc32(body).toString(16).padStart(checksumLength, '0'), 0, 'latin1');
  line[checksumLength] = 0x20;
  body.copy(line, checksumLength + 1);
  line[line.length - 1] = lineFeed;
  return line;
}

/** Decodes a line without its line end. Never throws, whatever the bytes are. */
export function decodeLine(line: Buffer): DecodedLine {
  const corrupt = { kind: 'corrupt' } as const;
  if (line.length <= checksumLength + 1 || line[checksumLength] !== 0x20) return corrupt;
  const body = line.subarray(checksumLength + 1);
  const written = line.toString('latin1', 0, checksumLength);
  if (written !== crc32(body).toString(16).padStart(checksumLength, '0')) return corrupt;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return corrupt;
  }
  const parsed = readRecordSchema.safeParse(value);
  if (parsed.success) return { kind: 'record', record: parsed.data };
  const other = futureSchema.safeParse(value);
  if (other.success && other.data.format !== logFormat) {
    return { kind: 'other-format', format: other.data.format };
  }
  return corrupt;
}
