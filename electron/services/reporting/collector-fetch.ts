/** Chooses how the agent reaches the collector: as everything else, or trusting an authority that the school names. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type {
  AuthorityProblem,
  Fetch,
  NetworkPort,
  TrustedAuthority,
} from '../../platform/network/network-port.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { expandVariables } from '../managed-config/expand-variables.ts';

interface Options {
  readonly config: Pick<ManagedConfig, 'collectorUrl' | 'caCertificateFile'>;
  readonly networkSession: TrustedAuthority['session'];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly loadNetwork: () => Promise<NetworkPort>;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

/** The network is opened at the first request; only a school that names an authority pays for a second session. */
export function createCollectorFetch(options: Options): Fetch {
  let opening: Promise<Fetch> | undefined;
  return async (url, request) => {
    opening ??= openNetwork(options);
    return (await opening)(url, request);
  };
}

async function openNetwork(options: Options): Promise<Fetch> {
  const { collectorUrl, caCertificateFile } = options.config;
  const network = await options.loadNetwork();
  const isEncrypted = collectorUrl !== '' && new URL(collectorUrl).protocol === 'https:';
  if (caCertificateFile === '' || !isEncrypted) return network.fetch;
  const hostname = new URL(collectorUrl).hostname.replace(/^\[(.*)\]$/u, '$1');
  return network.trustAuthority({
    session: options.networkSession,
    hostname,
    file: expandVariables(caCertificateFile, options.environment),
    nowUtc: options.nowUtc,
    onProblem: (problem) => options.onFault(toFault(problem, hostname)),
  });
}

function toFault({ kind, reason }: AuthorityProblem, hostname: string): StorageFault {
  return kind === 'authority-unusable'
    ? {
        fault: 'ca-certificate-unusable',
        subject: 'caCertificateFile',
        reason: `${reason}. The collector is trusted only where the system trusts it.`,
      }
    : {
        fault: 'collector-certificate-refused',
        subject: hostname,
        reason: `Nothing is sent to the collector: its certificate ${reason}.`,
      };
}
