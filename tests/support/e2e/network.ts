/** What stands between a PC and its collector: sees each question, and can spoil an answer on its way. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Exchange {
  readonly path: string;
  /** The tag that the agent asked with; empty where it had none. */
  readonly askedWithTag: string;
  readonly status: number;
}

export interface Network {
  readonly address: string;
  /** Questions about policies that were answered, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Puts something else in the place of each pack; undefined lets them through. */
  spoilPacks(spoil: ((pack: string) => string) | undefined): void;
  /** From now on questions are taken and never answered, as behind a broken proxy. */
  fallSilent(): void;
  close(): Promise<void>;
}

/** @param collectorAddress called for each request, so that the collector may be another one later. */
export async function openNetwork(collectorAddress: () => string): Promise<Network> {
  const exchanges: Exchange[] = [];
  let spoilPack: ((pack: string) => string) | undefined;
  let isSilent = false;
  const server = createServer((request, response) => {
    if (isSilent) return;
    const forward = async () => {
      const path = request.url ?? '';
      const body: Uint8Array[] = [];
      for await (const piece of request) body.push(piece as Uint8Array);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers)) {
        if (typeof value === 'string' && !/^(?:host|connection|content-length|accept-encoding)$/u.test(name))
          headers[name] = value;
      }
      const answer = await fetch(`${collectorAddress()}${path}`, {
        method: request.method ?? 'GET',
        headers,
        ...(body.length === 0 ? {} : { body: Buffer.concat(body) }),
      });
      const text = await answer.text();
      const isPack = /^\/v1\/policies\/[^?]+$/u.test(path);
      for (const name of ['content-type', 'etag', 'retry-after']) {
        const value = answer.headers.get(name);
        if (value !== null) response.setHeader(name, value);
      }
      response.writeHead(answer.status);
      response.end(isPack && spoilPack !== undefined ? spoilPack(text) : text);
      if (path.startsWith('/v1/policies')) {
        exchanges.push({ path, askedWithTag: headers['if-none-match'] ?? '', status: answer.status });
      }
    };
    // A collector that cannot be reached is for the agent a connection that ends.
    forward().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    spoilPacks: (spoil) => {
      spoilPack = spoil;
    },
    fallSilent: () => {
      isSilent = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
