/** The signature of a witness under a checkpoint: https://c2sp.org/tlog-cosignature, with Ed25519. */
import { createPublicKey, hash, sign, verify } from 'node:crypto';
import { readCheckpointText, readNote, readVerifierKey } from '../../../shared/wire/log-note.ts';
import type { Checkpoint, LogKey } from '../log/checkpoint.ts';

/** The type of key and signature. */
const cosignatureType = 4;
const keyHashBytes = 4;
const timeBytes = 8;
const signatureBytes = 64;
/** The fixed start of an Ed25519 key in SPKI, from RFC 8410. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

function keyHash(name: string, typedKey: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typedKey]), 'buffer').subarray(
    0,
    keyHashBytes,
  );
}

function typedKeyOf({ privateKey }: LogKey): Buffer {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return Buffer.concat([Buffer.from([cosignatureType]), spki.subarray(spkiPrefix.length)]);
}

/** The public half of a witness's key, as a signed note writes it. */
export function witnessVerifierKey(key: LogKey): string {
  const typed = typedKeyOf(key);
  return `${key.name}+${keyHash(key.name, typed).toString('hex')}+${typed.toString('base64')}`;
}

function signedText(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/** One line of a note. `text` is the signed part of the checkpoint. */
export function cosign(text: string, key: LogKey, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const time = Buffer.alloc(timeBytes);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, signedText(text, seconds), key.privateKey);
  const bytes = Buffer.concat([keyHash(key.name, typedKeyOf(key)), time, signature]);
  return `— ${key.name} ${bytes.toString('base64')}\n`;
}

export interface Cosigned extends Checkpoint {
  /** When the witness signed, by its clock. */
  readonly at: Date;
}

/** Undefined for a note that the witness has not signed. */
export function openCosigned(note: string, verifierKey: string): Cosigned | undefined {
  const named = readVerifierKey(verifierKey);
  const parts = readNote(note);
  const read = parts === undefined ? undefined : readCheckpointText(parts.text);
  if (named === undefined || parts === undefined || read === undefined) return undefined;
  const typed = Buffer.from(named.key, 'base64');
  const isKey = typed.length === 33 && typed[0] === cosignatureType;
  if (!isKey || keyHash(named.name, typed).toString('hex') !== named.hash) return undefined;
  const key = Buffer.concat([spkiPrefix, typed.subarray(1)]);
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
  for (const { name, signature: base64 } of parts.signatures) {
    const bytes = Buffer.from(base64, 'base64');
    if (name !== named.name || bytes.length !== keyHashBytes + timeBytes + signatureBytes) continue;
    if (bytes.subarray(0, keyHashBytes).toString('hex') !== named.hash) continue;
    const seconds = Number(bytes.readBigUInt64BE(keyHashBytes));
    const signature = bytes.subarray(keyHashBytes + timeBytes);
    if (!verify(null, signedText(parts.text, seconds), publicKey, signature)) continue;
    return { ...read, root: Buffer.from(read.root, 'base64'), at: new Date(seconds * 1000) };
  }
  return undefined;
}
