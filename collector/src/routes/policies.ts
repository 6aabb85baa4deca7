/** `GET /v1/policies…`: the packs that agents show. Open to anyone who can reach the collector: they are published texts. */
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
import { ifNoneMatchSchema, notModified, sendWithEntityTag } from './entity-tag.ts';

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
