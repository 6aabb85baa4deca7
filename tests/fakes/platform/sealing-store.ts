/** A secret store that really seals, with a key that the test keeps: with another key it refuses. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretStorePort } from '../../../electron/platform/secret-store/secret-store-port.ts';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** @param key 32 bytes. */
export function createSealingStore(key: Buffer): SecretStorePort {
  return {
    name: 'system',
    capability: () => ({ name: 'secret-store', level: 'full', reason: '' }),
    backend: () => '',
    earlier: [],
    protect: (secret) => {
      const iv = randomBytes(ivBytes);
      const seal = createCipheriv(cipher, key, iv);
      const sealed = Buffer.concat([seal.update(secret, 'utf8'), seal.final()]);
      return Promise.resolve(Buffer.concat([iv, seal.getAuthTag(), sealed]).toString('base64'));
    },
    unprotect: async (kept) => {
      const bytes = Buffer.from(kept, 'base64');
      const open = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes));
      open.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      const secret = Buffer.concat([open.update(bytes.subarray(ivBytes + tagBytes)), open.final()]);
      return Promise.resolve({ secret: secret.toString('utf8') });
    },
  };
}
