/** What the log holds of a record: its kind, and a salted hash of its text. */
import { hash, randomBytes } from 'node:crypto';

const saltBytes = 32;

/** Which part of the evidence a leaf stands for. */
export type LeafKind = 'acknowledgement';

export function makeSalt(): Buffer {
  return randomBytes(saltBytes);
}

/**
 * One line of text. The hash covers the 32 bytes of the salt and then the UTF-8 bytes of the raw event. Without the
 * salt the hash proves no guess at a name, so erasing text and salt erases the person. Version 1 never changes.
 */
export function leafEntry(kind: LeafKind, salt: Uint8Array, raw: string): string {
  const covered = Buffer.concat([salt, Buffer.from(raw, 'utf8')]);
  return `porthor-leaf-v1 ${kind} ${hash('sha256', covered, 'hex')}`;
}
