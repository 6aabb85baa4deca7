/** `GET /v1/openapi.json`: the API described from the same schemas that check it. */
import { z } from 'zod';
import type { CollectorApp } from '../collector-app.ts';

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
