/** The secret store that Electron finds on this system. */
import { app, safeStorage } from 'electron';
import type { Capability } from '../../../shared/wire/events.ts';
import type { SecretStorePort } from './secret-store-port.ts';

/** Electron's name for no keyring: it would "encrypt" with a password that is published in its source. */
const publicPassword = 'basic_text';

interface Options {
  /** This system has several keyrings, and Electron names the one in use. */
  readonly namesBackend: boolean;
}

export function createElectronSecretStorePort({ namesBackend }: Options): SecretStorePort {
  const backend = () => (namesBackend ? safeStorage.getSelectedStorageBackend() : '');
  const capability = (level: Capability['level'], reason: string): Capability => ({
    name: 'secret-store',
    level,
    reason,
  });
  return {
    name: 'system',
    earlier: [],
    backend,
    capability: () => {
      if (!app.isReady()) return capability('none', 'the program has not started yet');
      if (backend() === publicPassword) return capability('degraded', 'there is no keyring in this session');
      return safeStorage.isEncryptionAvailable()
        ? capability('full', '')
        : capability('none', 'the system offers no encryption for this account');
    },
    // The synchronous calls, on purpose: the asynchronous ones (Electron 42) fall back to a published password too, and
    // `getSelectedStorageBackend` does not say so for them.
    protect: (secret) => toPromise(() => safeStorage.encryptString(secret).toString('base64')),
    unprotect: (kept) =>
      toPromise(() => ({ secret: safeStorage.decryptString(Buffer.from(kept, 'base64')) })),
  };
}

/** A call that throws rejects. */
function toPromise<Value>(call: () => Value): Promise<Value> {
  return Promise.resolve().then(call);
}
