/** A proxy between a PC and its collector: records each request, and can damage an answer on its way. */
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
  /** Answered requests for policies, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Replaces each pack with something else; undefined lets packs through. */
  spoilPacks(spoil: ((pack: string) => string) | undefined): void;
  /** From now on the proxy accepts requests and never answers, like a broken one. */
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
    // The agent must see an unreachable collector as a connection that ends.
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
