/** Answers with an entity tag, and with 304 to a client that already has this answer. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

export const ifNoneMatchSchema = z.object({ 'if-none-match': z.string().max(4096).optional() });

export const notModified = { 304: z.undefined().describe('Not changed since the ETag that was sent') };

/** RFC 9110, section 13.1.2: weak comparison, and `*` matches. */
export function sendWithEntityTag(
  request: FastifyRequest<{ Headers: z.infer<typeof ifNoneMatchSchema> }>,
  reply: FastifyReply,
  value: object,
): FastifyReply {
  const body = JSON.stringify(value);
  const tag = `"${createHash('sha256').update(body, 'utf8').digest('base64url')}"`;
  void reply.header('etag', tag).header('cache-control', 'no-cache');
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((one) => one.trim().replace(/^W\//u, ''));
  if (known.includes(tag) || known.includes('*')) return reply.code(304).send();
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .serializer((text: string) => text)
    .send(body);
}
