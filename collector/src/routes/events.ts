/** `POST /v1/events`: agents report in batches. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  batchMediaType,
  eventsResponseSchema,
  maxBatchBytes,
  maxBatchEvents,
} from '../../../shared/wire/collector-api.ts';
import { wireEventSchema } from '../../../shared/wire/events.ts';
import type { CollectorApp } from '../collector-app.ts';
import { evaluateEvent } from '../events/evaluate-event.ts';
import { splitBatch } from '../events/split-batch.ts';
import { createTurns, type TakeTurn } from '../events/turns.ts';
import type { Metrics } from '../plugins/metrics.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { EventRepository } from '../repositories/events.ts';
import { collectorVersion } from '../version.ts';

/** About a millisecond of work. */
const eventsPerTurn = 40;
const shortBatchBytes = 32 * 1024;

type Authenticate = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

interface Batch {
  readonly text: string;
  readonly values: readonly unknown[];
}

function decode(body: Buffer): Batch | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) ? { text, values } : undefined;
  } catch {
    return undefined;
  }
}

/** In parts, so that a login question waits for a part and not for all batches that have arrived. */
async function evaluateBatch(
  batch: Batch,
  agentId: string,
  takeTurn: TakeTurn,
): Promise<readonly ReturnType<typeof evaluateEvent>[]> {
  const evaluated: ReturnType<typeof evaluateEvent>[] = [];
  for (const [index, element] of splitBatch(batch.text).entries()) {
    if (index > 0 && index % eventsPerTurn === 0) await takeTurn();
    evaluated.push(evaluateEvent(element, batch.values[index], agentId));
  }
  return evaluated;
}

export async function addEventRoutes(
  app: CollectorApp,
  deps: {
    readonly events: EventRepository;
    readonly metrics: Metrics;
    readonly authenticate: Authenticate;
    readonly batchesPerMinute: number;
  },
): Promise<void> {
  const takeTurn = createTurns();
  // A scope of its own, because this route takes the batch type alone.
  await app.register((scope: CollectorApp, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(batchMediaType, { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post(
      '/v1/events',
      {
        bodyLimit: maxBatchBytes,
        onRequest: [deps.authenticate],
        config: {
          rateLimit: {
            max: deps.batchesPerMinute,
            timeWindow: 60_000,
            keyGenerator: ({ agentId }: FastifyRequest) => agentId,
          },
        },
        // The schema is for the API description. The handler evaluates each event alone, so that one bad event does not
        // keep the others of its batch from being stored.
        validatorCompiler: () => (body: unknown) => ({ value: body }),
        schema: {
          operationId: 'reportEvents',
          summary: 'Store a batch of CloudEvents; what is answered "stored" is on disk',
          consumes: [batchMediaType],
          security: [{ agentToken: [] }],
          body: z.array(wireEventSchema).max(maxBatchEvents),
          response: { 200: eventsResponseSchema, ...problemResponses([400, 401, 403, 413, 415, 429, 503]) },
        },
      },
      async (request, reply) => {
        const body: unknown = request.body;
        if (!Buffer.isBuffer(body)) return sendProblem(reply, 415, `Send ${batchMediaType}.`);
        // A short batch takes no longer than a question, so it does not wait.
        if (body.length > shortBatchBytes) await takeTurn();
        const batch = decode(body);
        if (batch === undefined) return sendProblem(reply, 400, 'The body is not a JSON array in UTF-8.');
        if (batch.values.length > maxBatchEvents) {
          return sendProblem(reply, 413, `A batch holds at most ${maxBatchEvents} events.`);
        }
        const evaluated = await evaluateBatch(batch, request.agentId, takeTurn);
        const { agentId, schoolId } = request;
        const results = await deps.events.store({ agentId, schoolId }, evaluated);
        if (results === undefined) return sendProblem(reply, 403, 'A technician has expelled this agent.');
        deps.metrics.countEvents(
          evaluated.map((one) => (one.ok ? one.value.type : undefined)),
          results,
        );
        return { results: [...results], version: collectorVersion };
      },
    );
    done();
  });
}
