/** Checks what the collector says of its log: signatures of notes, and that a later log holds the earlier one. */
import { createPublicKey, hash, verify } from 'node:crypto';
import { isConsistent as isConsistentBy } from '../../../shared/wire/log-consistency.ts';
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

function nodeHash(left: string, right: string): string {
  return hash(
    'sha256',
    Buffer.concat([Buffer.from([1]), Buffer.from(left, 'base64'), Buffer.from(right, 'base64')]),
    'base64',
  );
}

/** Whether the proof shows that the newer log starts with all leaves of the older one. */
export function isConsistent(
  older: CheckpointText,
  newer: CheckpointText,
  proof: readonly string[],
): boolean {
  return isConsistentBy(older, newer, proof, nodeHash);
}
