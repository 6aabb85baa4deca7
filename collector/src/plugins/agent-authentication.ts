/** Recognises an agent by the bearer token that it received when it enrolled. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AgentRepository, KnownAgent } from '../repositories/agents.ts';
import { sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The sender; empty on routes that authenticate no agent. */
    agentId: string;
    /** The sender's school. */
    schoolId: string;
    /** The account for which the sender may ask; empty for an agent that has not named it. */
    accountKey: string;
    /** When the sender's account was erased; empty for never. */
    erasedAt: string;
  }
}

/** The agent that sent an authenticated request. */
export function senderOf({
  agentId,
  schoolId,
  accountKey,
}: FastifyRequest): Omit<KnownAgent, 'state' | 'erasedAt'> {
  return { agentId, schoolId, accountKey: accountKey === '' ? undefined : accountKey };
}

const failuresPerMinute = 600;

/** A whole school may share one address, so only failures are counted by address. */
export function createAgentAuthentication(
  app: FastifyInstance,
  agents: AgentRepository,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  app.decorateRequest('agentId', '');
  app.decorateRequest('schoolId', '');
  app.decorateRequest('accountKey', '');
  app.decorateRequest('erasedAt', '');
  const noteFailure = app.createRateLimit({ max: failuresPerMinute, timeWindow: 60_000 });

  return async function authenticateAgent(request, reply) {
    const token = /^Bearer ([\w-]{1,512})$/iu.exec(request.headers.authorization ?? '')?.[1];
    const agent = token === undefined ? undefined : await agents.findAgentByToken(token);
    if (agent?.state === 'active') {
      request.agentId = agent.agentId;
      request.schoolId = agent.schoolId;
      request.accountKey = agent.accountKey ?? '';
      request.erasedAt = agent.erasedAt ?? '';
      return undefined;
    }
    if (agent !== undefined) {
      return sendProblem(
        reply,
        403,
        agent.state === 'waiting'
          ? 'A technician must approve this agent first.'
          : 'A technician has expelled this agent.',
      );
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
