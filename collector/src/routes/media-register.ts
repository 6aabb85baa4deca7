/** `GET /v1/media-register`: the devices that the school has approved, and its answers to requests for approval. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mediaRegisterResponseSchema } from '../../../shared/wire/media.ts';
import type { CollectorApp } from '../collector-app.ts';
import { senderOf } from '../plugins/agent-authentication.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AgentRepository } from '../repositories/agents.ts';
import type { MediaRegisterRepository } from '../repositories/media-register.ts';
import type { OfflineCodeRepository } from '../repositories/offline-codes.ts';
import { ifNoneMatchSchema, notModified, sendWithEntityTag } from './entity-tag.ts';

/** Only for enrolled agents, because the list reveals which sticks a school trusts. */
export function addMediaRegisterRoute(
  app: CollectorApp,
  deps: {
    readonly mediaRegisterOf: (schoolId: string) => MediaRegisterRepository;
    readonly authenticate: (
      request: FastifyRequest,
      reply: FastifyReply,
    ) => Promise<FastifyReply | undefined>;
    readonly agents: Pick<AgentRepository, 'mayAskAbout'>;
    readonly offlineCodes: OfflineCodeRepository;
    readonly questionsPerMinute: number;
  },
): void {
  app.get(
    '/v1/media-register',
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
        operationId: 'readMediaRegister',
        summary: 'Approved and issued devices, without returned ones',
        security: [{ agentToken: [] }],
        headers: ifNoneMatchSchema,
        querystring: z.object({
          account: z
            .string()
            .min(1)
            .max(600)
            .optional()
            .describe(
              'The SID in upper case, or else domain\\name in lower case: adds the answers to this account',
            ),
        }),
        response: {
          200: mediaRegisterResponseSchema,
          ...notModified,
          ...problemResponses([400, 401, 403, 429, 503]),
        },
      },
    },
    async (request, reply) => {
      const { account } = request.query;
      if (account !== undefined && !(await deps.agents.mayAskAbout(senderOf(request), account))) {
        return sendProblem(reply, 403, 'An agent may ask about its own account alone.');
      }
      const register = deps.mediaRegisterOf(request.schoolId);
      return sendWithEntityTag(request, reply, {
        entries: await register.current(),
        ...(account === undefined
          ? {}
          : {
              answers: await register.answersTo(account),
              offlineCodes: [...(await deps.offlineCodes.offered(request.agentId))],
            }),
      });
    },
  );
}
