/** Turns the settings of the network into what the applications on it need. */
import type { FastifyBaseLogger } from 'fastify';
import type { StandingFaults } from '../standing-faults.ts';
import type { BareAppOptions } from './bare-app.ts';
import { readCertificate, watchCertificate } from './certificate.ts';
import { createServers } from './create-servers.ts';
import { defaultTimeLimits, type EdgeOptions } from './edge-options.ts';

interface Edge {
  readonly scheme: 'http' | 'https';
  readonly main: BareAppOptions;
  /** Plain HTTP: the port for monitoring listens on this computer or on a network that the technician chose for it. */
  readonly monitor: BareAppOptions;
  stop(): Promise<void>;
}

/** Throws CollectorError for a certificate that cannot be used. */
export async function prepareEdge(
  options: EdgeOptions,
  deps: {
    readonly logger: FastifyBaseLogger;
    readonly faults: StandingFaults;
    readonly now: () => Date;
  },
): Promise<Edge> {
  const { certificate: files, publicUrl } = options;
  const limits = { ...defaultTimeLimits, ...options.timeLimits };
  const first = files === undefined ? undefined : await readCertificate(files);
  const servers = createServers(limits, first);
  const stop =
    files === undefined || first === undefined
      ? () => Promise.resolve()
      : watchCertificate({
          files,
          first,
          use: servers.useCertificate,
          faults: deps.faults,
          now: deps.now,
          checkMs: options.certificateCheckMs,
        });
  const shared = { logger: deps.logger, trustedProxies: options.trustedProxies ?? [] };
  return {
    scheme: first === undefined ? 'http' : 'https',
    main: {
      ...shared,
      servers,
      isEncrypted: first !== undefined || publicUrl?.startsWith('https:') === true,
    },
    monitor: { ...shared, servers: createServers(limits, undefined), isEncrypted: false },
    stop,
  };
}
