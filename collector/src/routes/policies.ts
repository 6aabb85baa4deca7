/** `GET /v1/policies…`: the packs that agents show. Open to anyone who can reach the collector: they are published texts. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  audienceSchema,
  policyIdSchema,
  policyPackSchema,
  policyVersionSchema,
} from '../../../shared/policy/pack.ts';
import { policiesResponseSchema } from '../../../shared/wire/collector-api.ts';
import type { CollectorApp } from '../collector-app.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { PolicyRepository } from '../repositories/policies.ts';

const ifNoneMatchSchema = z.object({ 'if-none-match': z.string().max(4096).optional() });
const notModified = { 304: z.undefined().describe('Not changed since the ETag that was sent') };

/** Sends 304 when the asker already has this answer. RFC 9110, section 13.1.2: weak comparison, and `*` matches. */
function sendWithEntityTag(
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

export function addPolicyRoutes(
  app: CollectorApp,
  deps: { readonly policies: PolicyRepository; readonly questionsPerMinute: number },
): void {
  const config = { rateLimit: { max: deps.questionsPerMinute, timeWindow: 60_000 } };
  app.get(
    '/v1/policies',
    {
      config,
      schema: {
        operationId: 'listPolicies',
        summary: 'The policies in effect for an audience, in the order in which they are asked',
        querystring: z.object({ audience: audienceSchema }),
        headers: ifNoneMatchSchema,
        response: { 200: policiesResponseSchema, ...notModified, ...problemResponses([400, 429, 503]) },
      },
    },
    async (request, reply) => {
      const packs = await deps.policies.current(request.query.audience);
      return sendWithEntityTag(request, reply, {
        policies: packs.map(({ manifest, textSha256 }) => ({
          id: manifest.id,
          version: manifest.version,
          manifest,
          textSha256,
        })),
      });
    },
  );
  app.get(
    '/v1/policies/:id/:version',
    {
      config,
      schema: {
        operationId: 'readPolicy',
        summary: 'One version of a policy, whole',
        params: z.object({ id: policyIdSchema, version: policyVersionSchema }),
        headers: ifNoneMatchSchema,
        response: { 200: policyPackSchema, ...notModified, ...problemResponses([400, 404, 429, 503]) },
      },
    },
    async (request, reply) => {
      const pack = await deps.policies.find(request.params.id, request.params.version);
      if (pack === undefined) return sendProblem(reply, 404, 'There is no such version of this policy.');
      return sendWithEntityTag(request, reply, pack);
    },
  );
}
