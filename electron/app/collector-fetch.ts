/** Chooses how the collector is asked: as everything else, or trusting an authority of the school's own. */
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import { expandVariables } from '../services/managed-config/expand-variables.ts';
import type { Fetch } from '../services/reporting/collector-client.ts';
import type { StorageFault } from '../storage/storage-fault.ts';

interface Options {
  readonly config: Pick<ManagedConfig, 'collectorUrl' | 'caCertificateFile'>;
  /** Whoever asks has one of their own, with their own faults. */
  readonly networkSession: 'collector' | 'self-check';
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Requests through the system's proxy and trust store. */
  readonly fetch: Fetch;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

/** Only a school that names an authority of its own pays for the second network session, at the first request. */
export function createCollectorFetch(options: Options): Fetch {
  const { collectorUrl, caCertificateFile } = options.config;
  const isEncrypted = collectorUrl !== '' && new URL(collectorUrl).protocol === 'https:';
  if (caCertificateFile === '' || !isEncrypted) return options.fetch;
  let trusting: Promise<Fetch> | undefined;
  return async (url, init) => {
    trusting ??= import('./trust-authority.ts').then(({ trustAuthority }) =>
      trustAuthority({
        collectorUrl,
        authorityFile: expandVariables(caCertificateFile, options.environment),
        networkSession: options.networkSession,
        nowUtc: options.nowUtc,
        onFault: options.onFault,
      }),
    );
    return (await trusting)(url, init);
  };
}
