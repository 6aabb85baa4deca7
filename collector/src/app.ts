/** Puts the collector's web application together from its repositories. */
import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { problemMediaType } from '../../shared/wire/collector-api.ts';
import type { CollectorApp } from './collector-app.ts';
import { createAgentAuthentication } from './plugins/agent-authentication.ts';
import { addRequestCounting, createMetrics, type DatabaseGauges } from './plugins/metrics.ts';
import { addPressureLimit } from './plugins/pressure.ts';
import { addProblems, problemDocument, sendProblem } from './plugins/problems.ts';
import { addSecurityHeaders, securityHeaders } from './plugins/security-headers.ts';
import type { AcknowledgementRepository } from './repositories/acknowledgements.ts';
import type { AgentRepository } from './repositories/agents.ts';
import type { ConsoleAccessRepository } from './repositories/console-access.ts';
import type { EventRepository } from './repositories/events.ts';
import type { HealthRepository } from './repositories/health.ts';
import type { LogRepository } from './repositories/log.ts';
import type { MediaRegisterRepository } from './repositories/media-register.ts';
import type { PcRepository } from './repositories/pcs.ts';
import type { PolicyRepository } from './repositories/policies.ts';
import { addAcknowledgementRoutes } from './routes/acknowledgements.ts';
import { addAgentRoutes } from './routes/agents.ts';
import { addConsoleRoutes } from './routes/console.ts';
import { addEventRoutes } from './routes/events.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addLogRoutes } from './routes/log.ts';
import { addMediaRegisterRoute } from './routes/media-register.ts';
import { addOpenApiRoute, describeRoute } from './routes/open-api.ts';
import { addPolicyRoutes } from './routes/policies.ts';
import type { StandingFaults } from './standing-faults.ts';

/** Requests per minute: by agent for an agent's requests, else by address. */
export interface RequestLimits {
  readonly enrolmentsPerMinute: number;
  readonly batchesPerMinute: number;
  readonly questionsPerMinute: number;
}

/** A whole school may share one address, so these limits only stop a program that loops. */
export const defaultRequestLimits: RequestLimits = {
  enrolmentsPerMinute: 1200,
  batchesPerMinute: 600,
  questionsPerMinute: 6000,
};

export interface AppDependencies {
  readonly acknowledgementsOf: (schoolId: string) => AcknowledgementRepository;
  readonly agents: AgentRepository;
  readonly consoleAccess: ConsoleAccessRepository;
  readonly events: EventRepository;
  readonly faults: StandingFaults;
  readonly health: HealthRepository;
  readonly logRepository: LogRepository;
  readonly mediaRegisterOf: (schoolId: string) => MediaRegisterRepository;
  readonly pcsOf: (schoolId: string) => PcRepository;
  readonly policies: PolicyRepository;
  readonly limits: RequestLimits;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/** The answer to a request that is not HTTP. It goes to the bare socket, since such a request reaches no route. */
function rawBadRequest(): string {
  const body = JSON.stringify(problemDocument(400, 'This is not a request that the collector can read.'));
  const headers = {
    ...securityHeaders,
    'content-type': problemMediaType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 400 Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/**
 * A closing server waits for its connections, and Fastify ends only those that are idle between two requests. An answer
 * under way must therefore end its connection too, and so must the connections that browsers open ahead and never use.
 */
function endConnectionsOnClose(app: FastifyInstance): void {
  const silent = new Set<Socket>();
  let isClosing = false;
  app.server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }) => silent.delete(socket));
  app.addHook('preClose', (done) => {
    isClosing = true;
    for (const socket of silent) socket.destroy();
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) void reply.header('connection', 'close');
    done();
  });
}

async function readGauges({ agents, events }: AppDependencies): Promise<DatabaseGauges> {
  const [agentCount, missingEvents, unreadableEvents, lastReceivedAt] = await Promise.all([
    agents.countAgents(),
    events.countMissing(),
    events.countUnreadable(),
    events.lastReceivedAt(),
  ]);
  return { agents: agentCount, missingEvents, unreadableEvents, lastReceivedAt };
}

export async function buildApp(deps: AppDependencies): Promise<CollectorApp> {
  const bare: FastifyInstance = fastify({
    logger: false,
    bodyLimit: 64 * 1024,
    // A slow sender is cut off; both are far above what a school's line needs for 1 MiB.
    requestTimeout: 60_000,
    connectionTimeout: 90_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (_error, _request, reply) => {
      void reply.headers(securityHeaders);
      void sendProblem(reply, 400, 'This address cannot be read.');
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(rawBadRequest());
      else socket.destroy();
    },
  });
  bare.setValidatorCompiler(validatorCompiler);
  bare.setSerializerCompiler(serializerCompiler);
  const app: CollectorApp = bare.withTypeProvider();

  endConnectionsOnClose(bare);
  const metrics = createMetrics({ now: deps.now, readGauges: () => readGauges(deps) });
  await addSecurityHeaders(bare, { isEncrypted: false });
  addRequestCounting(bare, metrics);
  await addPressureLimit(bare);
  await bare.register(cookie);
  await bare.register(rateLimit, { global: false });
  await bare.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Porthor collector',
        version: '1.0.0',
        description:
          'Takes what agents report and answers what people have accepted. Anyone may implement it.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          agentToken: { type: 'http', scheme: 'bearer', description: 'The token that enrolling gave' },
        },
      },
    },
    transform: describeRoute,
  });
  const problems = addProblems(bare, deps.log);

  const authenticate = createAgentAuthentication(bare, deps.agents);
  addAgentRoutes(app, { ...deps, ...deps.limits });
  await addEventRoutes(app, { ...deps, ...deps.limits, authenticate, metrics });
  addAcknowledgementRoutes(app, { ...deps, ...deps.limits, authenticate });
  addMediaRegisterRoute(app, { ...deps, ...deps.limits, authenticate });
  addPolicyRoutes(app, { ...deps, ...deps.limits });
  addLogRoutes(app, { ...deps, ...deps.limits });
  addHealthRoutes(app, { ...deps, metrics });
  addOpenApiRoute(app);
  await addConsoleRoutes(app, deps);
  problems.answerOtherMethods();
  return app;
}
