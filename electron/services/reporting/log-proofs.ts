/** Checks what the collector says of its log: signatures of notes, and that a later log holds the earlier one. */
import { createPublicKey, hash, verify } from 'node:crypto';
import {
  type CheckpointText,
  readCheckpointText,
  readNote,
  readSuccessionText,
  readVerifierKey,
} from '../../../shared/wire/log-note.ts';

/** The fixed start of an Ed25519 key in SPKI, from RFC 8410. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519 = 1;
const keyHashBytes = 4;

/** The text of a note; undefined where the key has not signed it. */
function openNote(note: string, verifierKey: string): string | undefined {
  const parts = readNote(note);
  const named = readVerifierKey(verifierKey);
  if (parts === undefined || named === undefined) return undefined;
  const key = Buffer.from(named.key, 'base64');
  const keyHash = hash('sha256', Buffer.concat([Buffer.from(`${named.name}\n`), key]), 'buffer');
  const isKey = key.length === 33 && key[0] === ed25519 && keyHash.toString('hex').startsWith(named.hash);
  if (!isKey) return undefined;
  const spki = Buffer.concat([spkiPrefix, key.subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const isSigned = parts.signatures.some(({ name, signature }) => {
    const bytes = Buffer.from(signature, 'base64');
    return (
      name === named.name &&
      bytes.subarray(0, keyHashBytes).toString('hex') === named.hash &&
      verify(null, Buffer.from(parts.text), publicKey, bytes.subarray(keyHashBytes))
    );
  });
  return isSigned ? parts.text : undefined;
}

/** Undefined for a text that is no checkpoint, or that the key has not signed. */
export function openCheckpoint(note: string, verifierKey: string): CheckpointText | undefined {
  const text = openNote(note, verifierKey);
  return text === undefined ? undefined : readCheckpointText(text);
}

/** The newest key to which a pinned key has passed the log on, step by step; the pinned one where there is no step. */
export function followSuccessions(pinned: string, successions: readonly string[]): string {
  let current = pinned;
  for (const note of successions) {
    const text = openNote(note, current);
    const step = text === undefined ? undefined : readSuccessionText(text);
    if (step?.oldKey === current && openNote(note, step.newKey) !== undefined) current = step.newKey;
  }
  return current;
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from([1]), left, right]), 'buffer');
}

const half = (value: number): number => Math.floor(value / 2);

/** RFC 9162, section 2.1.4.2: whether the proof shows that the newer log starts with all leaves of the older one. */
export function isConsistent(
  older: CheckpointText,
  newer: CheckpointText,
  proof: readonly string[],
): boolean {
  if (older.size === newer.size) return older.root === newer.root && proof.length === 0;
  if (older.size === 0) return proof.length === 0;
  if (older.size > newer.size) return false;
  const [olderRoot, newerRoot] = [Buffer.from(older.root, 'base64'), Buffer.from(newer.root, 'base64')];
  let [place, last] = [older.size - 1, newer.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  const path = proof.map((one) => Buffer.from(one, 'base64'));
  // A complete older tree is itself the first node of the proof.
  const first: Buffer | undefined = place === 0 ? olderRoot : path.shift();
  if (first === undefined) return false;
  let left: Buffer = first;
  let right: Buffer = first;
  for (const beside of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      left = nodeHash(beside, left);
      right = nodeHash(beside, right);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      right = nodeHash(right, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && left.equals(olderRoot) && right.equals(newerRoot);
}
