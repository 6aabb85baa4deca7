/** Secrets that the collector hands out and recognises again without keeping them. */
import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits after a prefix that tells a person, or a secret scanner, what was found. */
export function createSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** A plain hash is enough: the secrets are random and long, so there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
