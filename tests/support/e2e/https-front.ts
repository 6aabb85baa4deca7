/** A web server with a certificate in front of a collector, as a school runs it. */
import { type ClientRequest, createServer as createHttpServer, request } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { MadeCertificate } from '../../fixtures/make-certificate.ts';

export interface HttpsFront {
  readonly port: number;
  /** Connections on which both sides agreed on the certificate. */
  handshakes(): number;
  close(): Promise<void>;
}

/** Forwards every request to `address`, on 127.0.0.1. */
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

export interface SchoolProxy {
  readonly address: string;
  /** Hosts that it was asked to connect to, with their ports. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A proxy that leads every request, for every host, to `port` on 127.0.0.1. */
export async function startSchoolProxy(port: number): Promise<SchoolProxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createHttpServer((_request, answer) => answer.writeHead(405).end());
  server.on('connect', ({ url }, client) => {
    asked.push(url ?? '');
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const stream of open) stream.destroy();
      }),
  };
}
