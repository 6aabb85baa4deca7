/** `POST /v1/agents`: a PC enrols with the school's token. */
import {
  enrolmentResponseSchema,
  receivedEnrolmentRequestSchema,
} from '../../../shared/wire/collector-api.ts';
import type { CollectorApp } from '../collector-app.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AgentRepository, EnrolmentProblem } from '../repositories/agents.ts';

const refusals: Readonly<Record<EnrolmentProblem, { readonly status: 401 | 403; readonly detail: string }>> =
  {
    'token-refused': {
      status: 401,
      detail: 'The enrolment token is unknown, revoked, expired or used up. Ask for a new one.',
    },
    'proof-refused': {
      status: 403,
      detail: 'The proof that the agent holds this key is missing or wrong.',
    },
    'other-school': { status: 403, detail: 'This key enrolled at another school.' },
    'other-account': { status: 403, detail: 'This key enrolled for another account.' },
    expelled: { status: 403, detail: 'A technician has expelled this agent.' },
  };

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
        body: receivedEnrolmentRequestSchema,
        response: { 200: enrolmentResponseSchema, ...problemResponses([400, 401, 403, 413, 415, 429, 503]) },
      },
    },
    async (request, reply) => {
      const enrolled = await deps.agents.enrol(request.body);
      if (!enrolled.ok) {
        const { status, detail } = refusals[enrolled.error];
        return sendProblem(reply, status, detail);
      }
      return enrolled.value;
    },
  );
}
