/** The secret store that Electron finds on this system. */
import { app, safeStorage } from 'electron';
import type { Capability } from '../../../shared/wire/events.ts';
import type { SecretStorePort } from './secret-store-port.ts';

/** Electron's name for no keyring: it would "encrypt" with a password that is published in its source. */
const publicPassword = 'basic_text';

/** @param namesBackend this system has several keyrings, and Electron names the one in use. */
export function createElectronSecretStorePort(namesBackend: boolean): SecretStorePort {
  const backend = () => (namesBackend ? safeStorage.getSelectedStorageBackend() : '');
  const capability = (level: Capability['level'], reason: string): Capability => ({
    name: 'secret-store',
    level,
    reason,
  });
  return {
    backend,
    capability: () => {
      if (!app.isReady()) return capability('none', 'the program has not started yet');
      if (backend() === publicPassword) return capability('degraded', 'there is no keyring in this session');
      return safeStorage.isEncryptionAvailable()
        ? capability('full', '')
        : capability('none', 'the system offers no encryption for this account');
    },
    protect: (secret) => safeStorage.encryptString(secret).toString('base64'),
    unprotect: (kept) => safeStorage.decryptString(Buffer.from(kept, 'base64')),
  };
}
