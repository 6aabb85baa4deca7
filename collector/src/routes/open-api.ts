/** `GET /v1/openapi.json`: the API described from the same schemas that check it. */
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CollectorApp } from '../collector-app.ts';

/** Describes a route. OpenAPI has no name for the rest of an address, which Fastify calls `*`. */
export const describeRoute: typeof jsonSchemaTransform = (route) => {
  const described = jsonSchemaTransform(route);
  const { params: given } = described.schema;
  if (given === undefined || !described.url.endsWith('/*')) return described;
  const named = (text: string): string => (text === '*' ? 'tile' : text);
  const { properties = {}, required = [] } = z
    .object({
      properties: z.record(z.string(), z.unknown()).optional(),
      required: z.array(z.string()).optional(),
    })
    .parse(given);
  const params = {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [named(name), one])),
    required: required.map(named),
  };
  return { schema: { ...described.schema, params }, url: described.url.replace(/\*$/u, ':tile') };
};

export function addOpenApiRoute(app: CollectorApp): void {
  app.get(
    '/v1/openapi.json',
    {
      schema: {
        operationId: 'readOpenApi',
        summary: 'This description',
        response: { 200: z.record(z.string(), z.unknown()).describe('An OpenAPI 3.1 document') },
      },
    },
    (_request, reply) => {
      void reply.header('cache-control', 'no-cache');
      return { ...app.swagger() };
    },
  );
}
