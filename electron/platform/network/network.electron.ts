/** The network through Chromium, which knows the proxy and the trust store of every system it runs on. */
import { app, session } from 'electron';
import type { NetworkPort } from './network-port.ts';

export interface NetworkOptions {
  /** Keeps nothing on disk: for a program that removes its folder when it ends. */
  readonly isInMemory: boolean;
}

export function createElectronNetworkPort({ isInMemory }: NetworkOptions): NetworkPort {
  // A session exists only when the app is ready.
  const ready = app
    .whenReady()
    .then(() => (isInMemory ? session.fromPartition('in-memory', { cache: false }) : session.defaultSession));
  return {
    capability: () => ({ name: 'network', level: 'full', reason: '' }),
    fetch: async (url, request) => (await ready).fetch(url, request),
    resolveProxy: async (url) => (await ready).resolveProxy(url),
    trustAuthority: async (authority) => {
      const { openTrustingSession } = await import('./trusting-session.electron.ts');
      return openTrustingSession(authority);
    },
  };
}
