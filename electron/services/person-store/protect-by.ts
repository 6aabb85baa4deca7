/** Protects the agent's own secrets with the system's secret store. */
import type { SecretStorePort } from '../../platform/secret-store/secret-store-port.ts';
import type { SecretProtection } from '../../storage/identity/secret-protection.ts';

export function protectBy(store: SecretStorePort): SecretProtection {
  return {
    name: store.name,
    available: () => store.capability().level === 'full',
    protect: (secret) => store.protect(secret),
    unprotect: (kept) => store.unprotect(kept),
    earlier: store.earlier.map(protectBy),
  };
}
