/** Secrets that the collector hands out and recognises again without keeping them. */
import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits after a prefix that identifies the secret to a person and to a secret scanner. */
export function createSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** A plain hash is enough: the secrets are random and long, so there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
