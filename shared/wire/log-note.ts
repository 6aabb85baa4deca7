/**
 * Signed notes (https://c2sp.org/signed-note) and checkpoints (https://c2sp.org/tlog-checkpoint) as texts. Each side checks
 * signatures with its own cryptography.
 */
import { z } from 'zod';

/** The header in which every answer to an agent carries the newest checkpoint, as base64. */
export const checkpointHeader = 'porthor-checkpoint';
/** The header that asks an agent to forget its receipts of decisions before a time (ISO UTC). */
export const forgetBeforeHeader = 'porthor-forget-before';

/** Longest note that anyone keeps. */
export const maxNoteCharacters = 4000;

export interface NoteParts {
  /** The signed text; it ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly {
    readonly name: string;
    /** Base64: four bytes of the key's hash, then the signature. */
    readonly signature: string;
  }[];
}

/** One or more lines, each with the name of a key and a signature. */
const signatureLines = /^(?:— [^\s+]+ [A-Za-z0-9+/]+=*\n)+$/u;

/** Undefined for a text that is no note. */
export function readNote(note: string): NoteParts | undefined {
  const end = note.lastIndexOf('\n\n');
  const lines = note.slice(end + 2);
  if (end < 0 || !signatureLines.test(lines)) return undefined;
  const signatures = lines
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, name = '', signature = ''] = line.split(' ');
      return { name, signature };
    });
  return { text: note.slice(0, end + 1), signatures };
}

export interface CheckpointText {
  /** Names the log, as every checkpoint of it does. */
  readonly origin: string;
  readonly size: number;
  /** Base64 of the root. */
  readonly root: string;
}

/** Undefined for a text that is no checkpoint. */
export function readCheckpointText(text: string): CheckpointText | undefined {
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (origin === '' || !/^(?:0|[1-9]\d{0,14})$/u.test(size)) return undefined;
  // 32 bytes.
  return /^[A-Za-z0-9+/]{43}=$/u.test(root) ? { origin, size: Number(size), root } : undefined;
}

/** A key as a signed note names it: name, hash in hex, and base64 of one byte for the type and the key. */
export function readVerifierKey(
  text: string,
): { readonly name: string; readonly hash: string; readonly key: string } | undefined {
  const [, name = '', hash = '', key = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  return name === '' ? undefined : { name, hash, key };
}

/** The text that the old key and the new key of a log both sign. */
export function successionText(origin: string, oldKey: string, newKey: string): string {
  return `porthor-log-key-v1\n${origin}\n${oldKey}\n${newKey}\n`;
}

export function readSuccessionText(
  text: string,
): { readonly origin: string; readonly oldKey: string; readonly newKey: string } | undefined {
  const [, origin = '', oldKey = '', newKey = ''] =
    /^porthor-log-key-v1\n(\S+)\n(\S+)\n(\S+)\n$/u.exec(text) ?? [];
  return origin === '' ? undefined : { origin, oldKey, newKey };
}

/** `GET /v1/log/keys`. */
export const logKeysSchema = z.object({
  /** The key that signs now; absent before the first checkpoint. */
  verifierKey: z.string().max(1000).optional(),
  /** Oldest first: notes that the old and the new key have signed. */
  successions: z.array(z.string().max(maxNoteCharacters)).max(1000),
});
export type LogKeys = z.infer<typeof logKeysSchema>;

/** `GET /v1/log/consistency`. */
export const consistencySchema = z.object({
  proof: z.array(z.base64().max(64)).max(64).describe('The consistency proof of RFC 9162: hashes in base64'),
});
