/** Makes the HTTP or HTTPS servers of an application, with their time limits, and exchanges their certificate. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Certificate } from './certificate.ts';
import type { TimeLimits } from './edge-options.ts';

const keepAliveMs = 72_000;

export interface Servers {
  /** Fastify makes one for each address of a host name. */
  create(handler: RequestListener): Server | TlsServer;
  /** Connections that are open keep the certificate that they began with. */
  useCertificate(certificate: Certificate): void;
}

export function createServers(limits: TimeLimits, first: Certificate | undefined): Servers {
  const encrypted: TlsServer[] = [];
  let current = first;
  const options: ServerOptions = {
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
  };
  return {
    create(handler) {
      const server =
        current === undefined
          ? createServer(options, handler)
          : createTlsServer(
              { ...options, cert: current.cert, key: current.key, handshakeTimeout: limits.headMs },
              handler,
            );
      if (current !== undefined) encrypted.push(server as TlsServer);
      server.setTimeout(limits.silenceMs);
      return server;
    },
    useCertificate(certificate) {
      current = certificate;
      for (const server of encrypted) {
        server.setSecureContext({ cert: certificate.cert, key: certificate.key });
      }
    },
  };
}
