/** `GET /v1/acknowledgements`: the policies that an account has accepted, on any PC of its school. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { acknowledgementsResponseSchema } from '../../../shared/wire/collector-api.ts';
import type { CollectorApp } from '../collector-app.ts';
import { senderOf } from '../plugins/agent-authentication.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AcknowledgementRepository } from '../repositories/acknowledgements.ts';
import type { AgentRepository } from '../repositories/agents.ts';

export function addAcknowledgementRoutes(
  app: CollectorApp,
  deps: {
    readonly acknowledgementsOf: (schoolId: string) => AcknowledgementRepository;
    readonly authenticate: (
      request: FastifyRequest,
      reply: FastifyReply,
    ) => Promise<FastifyReply | undefined>;
    readonly agents: Pick<AgentRepository, 'mayAskAbout'>;
    readonly questionsPerMinute: number;
  },
): void {
  app.get(
    '/v1/acknowledgements',
    {
      onRequest: [deps.authenticate],
      config: {
        rateLimit: {
          max: deps.questionsPerMinute,
          timeWindow: 60_000,
          keyGenerator: ({ agentId }: FastifyRequest) => agentId,
        },
      },
      schema: {
        operationId: 'findAcknowledgements',
        summary: 'The acceptance of each policy that an account has accepted',
        security: [{ agentToken: [] }],
        querystring: z.object({
          account: z
            .string()
            .min(1)
            .max(600)
            .describe('The SID in upper case, or else domain\\name in lower case'),
        }),
        response: { 200: acknowledgementsResponseSchema, ...problemResponses([400, 401, 403, 429, 503]) },
      },
    },
    async (request, reply) => {
      const { account } = request.query;
      if (!(await deps.agents.mayAskAbout(senderOf(request), account))) {
        return sendProblem(reply, 403, 'An agent may ask about its own account alone.');
      }
      const acknowledgements = await deps.acknowledgementsOf(request.schoolId).findAccepted(account);
      return { acknowledgements: [...acknowledgements] };
    },
  );
}
