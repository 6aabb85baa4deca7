/** `/healthz`, `/readyz` and `/metrics`, for monitoring. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CollectorApp } from '../collector-app.ts';
import type { Metrics } from '../plugins/metrics.ts';
import { answeredUnderPressure } from '../plugins/pressure.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { HealthRepository } from '../repositories/health.ts';
import type { StandingFaults } from '../standing-faults.ts';

const statusSchema = z.object({ status: z.literal('ok') });

export interface MonitoringDependencies {
  readonly faults: StandingFaults;
  readonly health: HealthRepository;
  readonly metrics: Metrics;
  /** Runs before each answer; a reply ends the request. */
  readonly checkAccess: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;
}

/** For everyone: it says only that the process answers. */
export function addAliveRoute(app: CollectorApp): void {
  app.get(
    '/healthz',
    {
      config: answeredUnderPressure,
      schema: {
        operationId: 'checkAlive',
        summary: 'The process answers',
        response: { 200: statusSchema },
      },
    },
    () => ({ status: 'ok' as const }),
  );
}

export function addMonitoringRoutes(app: CollectorApp, deps: MonitoringDependencies): void {
  app.get(
    '/readyz',
    {
      onRequest: [deps.checkAccess],
      config: answeredUnderPressure,
      schema: {
        operationId: 'checkReady',
        summary: 'The database is sound and can be written to',
        response: { 200: statusSchema, ...problemResponses([401, 403, 503]) },
      },
    },
    async (_request, reply) => {
      const [fault] = deps.faults.current();
      if (fault !== undefined) return sendProblem(reply.header('retry-after', '60'), 503, fault);
      await deps.health.proveWritable();
      return { status: 'ok' as const };
    },
  );
  app.get(
    '/metrics',
    {
      onRequest: [deps.checkAccess],
      config: answeredUnderPressure,
      schema: {
        operationId: 'readMetrics',
        summary: 'Counters for Prometheus; no names',
        response: {
          200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } },
          ...problemResponses([401, 403, 503]),
        },
      },
    },
    async (_request, reply) => {
      const text = await deps.metrics.print();
      return reply
        .header('content-type', deps.metrics.contentType)
        .serializer((body: string) => body)
        .send(text);
    },
  );
}
