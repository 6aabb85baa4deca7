/** Knows an agent by the bearer token that it got when it enrolled. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AgentRepository } from '../repositories/agents.ts';
import { sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Empty until `authenticateAgent` has run. */
    agentId: string;
  }
}

const failuresPerMinute = 600;

/** A whole school may stand behind one address, so it is only failures that are counted by address. */
export function createAgentAuthentication(
  app: FastifyInstance,
  agents: AgentRepository,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  app.decorateRequest('agentId', '');
  const noteFailure = app.createRateLimit({ max: failuresPerMinute, timeWindow: 60_000 });

  return async function authenticateAgent(request, reply) {
    const token = /^Bearer ([\w-]{1,512})$/iu.exec(request.headers.authorization ?? '')?.[1];
    const agentId = token === undefined ? undefined : await agents.findAgentByToken(token);
    if (agentId !== undefined) {
      request.agentId = agentId;
      return undefined;
    }
    const limit = await noteFailure(request);
    if (!limit.isAllowed && limit.isExceeded) {
      return sendProblem(
        reply.header('retry-after', String(limit.ttlInSeconds)),
        429,
        'Too many refused requests.',
      );
    }
    return sendProblem(
      reply.header('www-authenticate', 'Bearer'),
      401,
      'The agent token is missing or not known. Enrol again.',
    );
  };
}
