/** Serves the built page of the console. It holds no names: the page asks the API for them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageAddresses } from '../../../shared/console/pages.ts';
import type { CollectorApp } from '../collector-app.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

interface PageFile {
  readonly mediaType: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

/** Files of a build by their path below `/console/`; empty where the console is not built. */
type BuiltConsole = ReadonlyMap<string, PageFile>;

/** Reads and compresses the build once, so that no request waits for either. */
export async function readBuiltConsole(folder: string): Promise<BuiltConsole> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const mediaType = mediaTypes[path.extname(name)];
    if (mediaType === undefined) continue;
    const plain = await readFile(path.join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    files.set(name.split(path.sep).join('/'), {
      mediaType,
      plain,
      gzip: gzipSync(plain),
      brotli: brotliCompressSync(plain, { params }),
    });
  }
  return files;
}

const notBuilt = `<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Porthor</title><link rel="icon" href="data:,"></head>
<body>
<p>The console is not built. On the collector's computer, run: <code>npm run console:build</code>. Then start the collector again.</p>
<p lang="cy-GB">Nid yw'r consol wedi'i adeiladu. Ar gyfrifiadur y casglwr, rhedwch: <code>npm run console:build</code>. Yna dechreuwch y casglwr eto.</p>
</body>
</html>
`;

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  void reply.header('content-type', file.mediaType).header('vary', 'accept-encoding');
  if (/\bbr\b/u.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli);
  if (/\bgzip\b/u.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.plain);
}

export function addConsolePageRoutes(app: CollectorApp, built: BuiltConsole): void {
  const schema = { hide: true } as const;
  const page = built.get('index.html');
  for (const url of Object.values(pageAddresses)) {
    app.get(url, { schema }, (request, reply) =>
      page === undefined
        ? reply.code(503).header('content-type', 'text/html; charset=utf-8').send(notBuilt)
        : sendFile(request, reply, page),
    );
  }
  for (const [name, file] of built) {
    if (name === 'index.html') continue;
    app.get(`/console/${name}`, { schema }, (request, reply) =>
      // The name holds the hash of the content.
      sendFile(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file),
    );
  }
}
