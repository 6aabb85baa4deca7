/**
 * The log's signed head: a checkpoint (https://c2sp.org/tlog-checkpoint) in a signed note (https://c2sp.org/signed-note)
 * with an Ed25519 signature.
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { readCheckpointText, readNote, readVerifierKey } from '../../../shared/wire/log-note.ts';

/** The type of signature and key in a signed note. */
const ed25519 = Buffer.from([1]);
const keyHashBytes = 4;
/** The fixed start of an Ed25519 key in PKCS #8 and in SPKI, from RFC 8410. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export interface Checkpoint {
  /** Names the log, as every checkpoint of it does. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export interface LogKey {
  /** The name of the key, and the origin of the log. */
  readonly name: string;
  readonly privateKey: KeyObject;
  /** The public half, as https://c2sp.org/signed-note writes it. */
  readonly verifierKey: string;
}

function keyHash(name: string, publicKey: Buffer): Buffer {
  const text = Buffer.concat([Buffer.from(`${name}\n`), ed25519, publicKey]);
  return hash('sha256', text, 'buffer').subarray(0, keyHashBytes);
}

function publicBytes(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);
}

function describeKey(name: string, seed: Buffer): LogKey & { readonly hashHex: string } {
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = publicBytes(privateKey);
  const hashHex = keyHash(name, publicKey).toString('hex');
  const keyText = Buffer.concat([ed25519, publicKey]).toString('base64');
  return { name, privateKey, verifierKey: `${name}+${hashHex}+${keyText}`, hashHex };
}

/** The text of a key file, in the form that Go's `note` package reads too. `seed` is 32 random bytes. */
export function writeLogKey(name: string, seed: Buffer): string {
  const { hashHex } = describeKey(name, seed);
  return `PRIVATE+KEY+${name}+${hashHex}+${Buffer.concat([ed25519, seed]).toString('base64')}`;
}

/** Undefined for a text that is not a key, and for one whose hash does not match. */
export function readLogKey(text: string): LogKey | undefined {
  const [, name = '', hashText = '', keyText = ''] =
    /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([\w+/=]+)$/u.exec(text.trim()) ?? [];
  const key = Buffer.from(keyText, 'base64');
  if (key.length !== ed25519.length + 32 || key[0] !== ed25519[0]) return undefined;
  const { hashHex, ...logKey } = describeKey(name, key.subarray(ed25519.length));
  return hashHex === hashText ? logKey : undefined;
}

export function signCheckpoint({ origin, size, root }: Checkpoint, ...keys: readonly LogKey[]): string {
  return signNote(`${origin}\n${size}\n${root.toString('base64')}\n`, ...keys);
}

/** `text` ends with a line feed. Returns the note: the text, an empty line, and a signature by each key. */
export function signNote(text: string, ...keys: readonly LogKey[]): string {
  const lines = keys.map((key) => {
    const signature = Buffer.concat([
      keyHash(key.name, publicBytes(key.privateKey)),
      sign(null, Buffer.from(text), key.privateKey),
    ]);
    return `— ${key.name} ${signature.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** The text of a note; undefined where the key has not signed it. Other signatures are ignored. */
export function openNote(note: string, verifierKey: string): string | undefined {
  const named = readVerifierKey(verifierKey);
  const parts = readNote(note);
  if (named === undefined || parts === undefined) return undefined;
  const key = Buffer.from(named.key, 'base64');
  if (key.toString('base64') !== named.key) return undefined;
  if (key.length !== ed25519.length + 32 || key[0] !== ed25519[0]) return undefined;
  const bytes = key.subarray(ed25519.length);
  if (keyHash(named.name, bytes).toString('hex') !== named.hash) return undefined;
  const publicKey = createPublicKey({
    key: Buffer.concat([spkiPrefix, bytes]),
    format: 'der',
    type: 'spki',
  });
  const isSigned = parts.signatures.some(({ name, signature: signatureText }) => {
    const signature = Buffer.from(signatureText, 'base64');
    return (
      name === named.name &&
      signature.toString('base64') === signatureText &&
      signature.subarray(0, keyHashBytes).toString('hex') === named.hash &&
      verify(null, Buffer.from(parts.text), publicKey, signature.subarray(keyHashBytes))
    );
  });
  return isSigned ? parts.text : undefined;
}

/** Undefined for a text that is not a checkpoint, or that none of the keys has signed. */
export function openCheckpoint(note: string, ...verifierKeys: readonly string[]): Checkpoint | undefined {
  for (const verifierKey of verifierKeys) {
    const text = openNote(note, verifierKey);
    const read = text === undefined ? undefined : readCheckpointText(text);
    if (read !== undefined) return { ...read, root: Buffer.from(read.root, 'base64') };
  }
  return undefined;
}
