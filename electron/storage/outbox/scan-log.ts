/** Reads a log of any size and content line by line, in bounded memory. */
import { maxEventBytes } from '../../../shared/wire/events.ts';
import { readFully, type StorageFile } from '../durable-file.ts';
import { type DecodedLine, decodeLine } from './log-line.ts';

/** Longest line that this agent writes; a longer one is damage and is skipped unread. */
export const maxLineBytes = maxEventBytes + 4096;

const pieceBytes = 1024 * 1024;

export type ScannedLine = {
  readonly offset: number;
  /** Bytes, with the line end if there is one. */
  readonly length: number;
  /** False for the rest of the file after the last line end. */
  readonly terminated: boolean;
  readonly line: DecodedLine;
};

/** Yields every line in order. Throws only what reading the file throws. */
export async function* scanLog(file: StorageFile): AsyncGenerator<ScannedLine> {
  const { size } = await file.stat();
  let rest = Buffer.alloc(0);
  let restOffset = 0;
  // Bytes of an overlong line that are no longer in memory.
  let dropped = 0;
  for (let position = 0; position < size; ) {
    const piece = await readFully(file, Math.min(pieceBytes, size - position), position);
    if (piece.length === 0) break;
    position += piece.length;
    let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a)) {
      const overlong = dropped > 0 || end > maxLineBytes;
      yield {
        offset: restOffset,
        length: dropped + end + 1,
        terminated: true,
        line: overlong ? { kind: 'corrupt' } : decodeLine(bytes.subarray(0, end)),
      };
      restOffset += dropped + end + 1;
      dropped = 0;
      bytes = bytes.subarray(end + 1);
    }
    if (dropped > 0 || bytes.length > maxLineBytes) {
      dropped += bytes.length;
      bytes = Buffer.alloc(0);
    }
    rest = Buffer.from(bytes);
  }
  if (dropped + rest.length > 0) {
    yield {
      offset: restOffset,
      length: dropped + rest.length,
      terminated: false,
      line: dropped > 0 ? { kind: 'corrupt' } : decodeLine(rest),
    };
  }
}
