/** A web application without routes: servers, limits, headers and errors, alike for people, agents and monitoring. */
import type { Socket } from 'node:net';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { problemMediaType } from '../../../shared/wire/collector-api.ts';
import { problemDocument, sendProblem } from '../plugins/problems.ts';
import { addSecurityHeaders, securityHeaders } from '../plugins/security-headers.ts';
import type { Servers } from './create-servers.ts';

export interface BareAppOptions {
  readonly servers: Servers;
  readonly logger: FastifyBaseLogger;
  /** Browsers reach it over https, by its own certificate or by a proxy. */
  readonly isEncrypted: boolean;
  readonly trustedProxies: readonly string[];
}

const rawProblems: Readonly<Record<string, { readonly status: number; readonly line: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, line: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { status: 431, line: 'The headers of the request are too long.' },
};

/** The answer to a request that is not HTTP. It goes to the bare socket, since such a request reaches no route. */
function rawProblem(code: string): string {
  const { status, line } = rawProblems[code] ?? {
    status: 400,
    line: 'This is not a request that the collector can read.',
  };
  const problem = problemDocument(status, line);
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders,
    'content-type': problemMediaType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${problem.title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** One for both sockets of an encrypted connection: the one from the network, and the one that reads what it decrypts. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress ?? ''} ${remotePort ?? ''}`;

/**
 * A closing server waits for its connections, and Fastify ends only those that are idle between two requests. An answer
 * under way must therefore end its connection too, and so must the connections that browsers open ahead and never use.
 */
function endConnectionsOnClose(app: FastifyInstance): void {
  const silent = new Map<string, Socket>();
  let isClosing = false;
  app.server.on('connection', (socket) => {
    const peer = peerOf(socket);
    silent.set(peer, socket);
    socket.once('close', () => {
      if (silent.get(peer) === socket) silent.delete(peer);
    });
  });
  app.server.on('request', ({ socket }) => silent.delete(peerOf(socket)));
  app.addHook('preClose', (done) => {
    isClosing = true;
    for (const socket of silent.values()) socket.destroy();
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) void reply.header('connection', 'close');
    done();
  });
}

export async function createBareApp(options: BareAppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    // Its warnings and errors; the collector itself says that it listens.
    loggerInstance: options.logger.child({}, { level: 'warn' }),
    // An address holds account names.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    serverFactory: (handler) => options.servers.create(handler),
    forceCloseConnections: 'idle',
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (_error, _request, reply) => {
      void reply.headers(securityHeaders);
      void sendProblem(reply, 400, 'This address cannot be read.');
    },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawProblem(error.code));
      else socket.destroy();
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  endConnectionsOnClose(app);
  await addSecurityHeaders(app, options);
  return app;
}
