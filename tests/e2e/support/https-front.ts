/** A web server with a certificate in front of a collector, as a school runs it. */
import { type ClientRequest, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { MadeCertificate } from '../../fixtures/make-certificate.ts';

export interface HttpsFront {
  readonly port: number;
  /** Connections on which both sides agreed on the certificate. */
  handshakes(): number;
  close(): Promise<void>;
}

/** Passes everything on to `address`, on 127.0.0.1. */
export async function startHttpsFront(certificate: MadeCertificate, address: string): Promise<HttpsFront> {
  let handshakes = 0;
  const server = createServer({ key: certificate.keyPem, cert: certificate.pem }, (asked, answer) => {
    const passed: ClientRequest = request(
      new URL(asked.url ?? '/', address),
      { method: asked.method, headers: asked.headers },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.on('secureConnection', () => {
    handshakes += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    handshakes: () => handshakes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
