/** Who may read `/metrics` and `/readyz`: a holder of the token; without a token, this computer alone. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../plugins/problems.ts';

type Check = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

export function isLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/u, '');
  return host === 'localhost' || host === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `allows`: who may read without a token, where none is set. */
export function createMonitoringAccess(token: string | undefined, allows: 'all' | 'this-computer'): Check {
  const expected = token === undefined ? undefined : digest(token);
  return async function checkMonitoringAccess(request, reply) {
    if (expected !== undefined) {
      const sent = /^Bearer (\S{1,512})$/iu.exec(request.headers.authorization ?? '')?.[1];
      if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return undefined;
      return sendProblem(
        reply.header('www-authenticate', 'Bearer'),
        401,
        'The token for monitoring is missing or wrong.',
      );
    }
    // A proxy on this computer that the settings do not name would make every caller look like this computer.
    const isForwarded = [request.headers['x-forwarded-for'], request.headers.forwarded].some(
      (header) => header !== undefined,
    );
    if (allows === 'all' || (isLoopback(request.ip) && (!isForwarded || request.ips !== undefined))) {
      return undefined;
    }
    return sendProblem(
      reply,
      403,
      'Only the computer of the collector may read this. Set a token or a port.',
    );
  };
}
