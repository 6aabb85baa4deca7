/** What Electron answers on every system, as a test scripts it: the network, the secret store, notifications. */
import type {
  AuthorityProblem,
  Fetch,
  NetworkPort,
  TrustedAuthority,
} from '../../../electron/platform/network/network-port.ts';
import type { NotificationsPort } from '../../../electron/platform/notifications/notifications-port.ts';
import type { SecretStorePort } from '../../../electron/platform/secret-store/secret-store-port.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface FakeNetworkPort extends NetworkPort {
  /** Used from now on, for requests with and without an authority. Without it each request fails. */
  answerWith(fetch: Fetch): void;
  proxyWith(answer: () => Promise<string>): void;
  /** Reported at once, and again when an authority is trusted later. */
  troubleWith(problems: readonly AuthorityProblem[]): void;
  authorities(): readonly TrustedAuthority[];
}

export function createFakeNetworkPort(): FakeNetworkPort {
  let fetch: Fetch = () => Promise.reject(new Error('net::ERR_INTERNET_DISCONNECTED'));
  let proxy = () => Promise.resolve('DIRECT');
  let problems: readonly AuthorityProblem[] = [];
  const authorities: TrustedAuthority[] = [];
  return {
    answerWith: (next) => {
      fetch = next;
    },
    proxyWith: (next) => {
      proxy = next;
    },
    troubleWith: (next) => {
      problems = next;
      for (const { onProblem } of authorities) for (const problem of problems) onProblem(problem);
    },
    authorities: () => authorities,
    capability: () => ({ name: 'network', level: 'full', reason: '' }),
    fetch: (url, request) => fetch(url, request),
    resolveProxy: () => proxy(),
    trustAuthority: (authority) => {
      authorities.push(authority);
      for (const problem of problems) authority.onProblem(problem);
      return Promise.resolve((url, request) => fetch(url, request));
    },
  };
}

export interface FakeSecretStorePort extends SecretStorePort {
  standAs(level: Capability['level'], reason: string, backend?: string): void;
}

export function createFakeSecretStorePort(): FakeSecretStorePort {
  let capability: Capability = { name: 'secret-store', level: 'full', reason: '' };
  let backend = '';
  return {
    standAs: (level, reason, named = '') => {
      capability = { name: 'secret-store', level, reason };
      backend = named;
    },
    capability: () => capability,
    backend: () => backend,
    name: 'system',
    earlier: [],
    protect: (secret) => Promise.resolve(Buffer.from(secret, 'utf8').toString('base64')),
    unprotect: (kept) => Promise.resolve({ secret: Buffer.from(kept, 'base64').toString('utf8') }),
  };
}

export function createFakeNotificationsPort(): NotificationsPort {
  return { capability: () => ({ name: 'notifications', level: 'full', reason: '' }) };
}
