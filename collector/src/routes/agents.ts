/** `POST /v1/agents`: a PC enrols with the school's token. */
import { enrolmentRequestSchema, enrolmentResponseSchema } from '../../../shared/wire/collector-api.ts';
import type { CollectorApp } from '../collector-app.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AgentRepository } from '../repositories/agents.ts';

export function addAgentRoutes(
  app: CollectorApp,
  deps: { readonly agents: AgentRepository; readonly enrolmentsPerMinute: number },
): void {
  app.post(
    '/v1/agents',
    {
      bodyLimit: 16 * 1024,
      // Every PC of a school may enrol in the same minute from one address.
      config: { rateLimit: { max: deps.enrolmentsPerMinute, timeWindow: 60_000 } },
      schema: {
        operationId: 'enrolAgent',
        summary: 'Enrol a PC; the same public key is the same agent again, with a fresh token',
        body: enrolmentRequestSchema,
        response: { 200: enrolmentResponseSchema, ...problemResponses([400, 401, 403, 413, 415, 429, 503]) },
      },
    },
    async (request, reply) => {
      const enrolled = await deps.agents.enrol(request.body);
      if (!enrolled.ok) {
        return sendProblem(
          reply,
          enrolled.error === 'token-refused' ? 401 : 403,
          enrolled.error === 'token-refused'
            ? 'The enrolment token is not known, was revoked or has expired. Ask for a new one.'
            : 'The proof that the agent holds this key is missing or wrong.',
        );
      }
      return enrolled.value;
    },
  );
}
