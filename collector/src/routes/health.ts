/** `/healthz`, `/readyz` and `/metrics`, for monitoring. */
import { z } from 'zod';
import type { CollectorApp } from '../collector-app.ts';
import type { Metrics } from '../plugins/metrics.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AgentRepository } from '../repositories/agents.ts';
import type { EventRepository } from '../repositories/events.ts';
import type { HealthRepository } from '../repositories/health.ts';
import type { StandingFaults } from '../standing-faults.ts';

const statusSchema = z.object({ status: z.literal('ok') });

export function addHealthRoutes(
  app: CollectorApp,
  deps: {
    readonly agents: AgentRepository;
    readonly events: EventRepository;
    readonly faults: StandingFaults;
    readonly health: HealthRepository;
    readonly metrics: Metrics;
    readonly now: () => Date;
  },
): void {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'checkAlive',
        summary: 'The process answers',
        response: { 200: statusSchema },
      },
    },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'checkReady',
        summary: 'The database is sound and can be written to',
        response: { 200: statusSchema, ...problemResponses([503]) },
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
      schema: {
        operationId: 'readMetrics',
        summary: 'Counters for Prometheus; no names',
        response: {
          200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } },
          ...problemResponses([503]),
        },
      },
    },
    async (_request, reply) => {
      const [agents, missingEvents, unreadableEvents, lastReceivedAt] = await Promise.all([
        deps.agents.countAgents(),
        deps.events.countMissing(),
        deps.events.countUnreadable(),
        deps.events.lastReceivedAt(),
      ]);
      const text = deps.metrics.print({
        agents,
        missingEvents,
        unreadableEvents,
        lastEventAgeSeconds:
          lastReceivedAt === undefined
            ? undefined
            : Math.max(0, (deps.now().getTime() - Date.parse(lastReceivedAt)) / 1000),
      });
      return reply
        .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
        .serializer((body: string) => body)
        .send(text);
    },
  );
}
