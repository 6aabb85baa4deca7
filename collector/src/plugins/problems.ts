/** Sends every error as an RFC 9457 problem document, never with a stack trace. */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, RouteOptions } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Problem, problemMediaType, problemSchema } from '../../../shared/wire/collector-api.ts';
import { CollectorError } from '../collector-error.ts';
import { storageTrouble } from '../storage/storage.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route only says that its address does not answer this method. */
    refusesMethod?: true;
  }
}

/** The answer of a route that only does something. */
export const noContent = z.undefined().describe('Done');

/** The errors of a route, for its schema. */
export function problemResponses(
  statuses: readonly (400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 503)[],
): Record<number, object> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: STATUS_CODES[status],
        content: { [problemMediaType]: { schema: problemSchema } },
      },
    ]),
  );
}

export function problemDocument(status: number, detail?: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Sends text, not an object, so that no route's response schema filters it. */
export function sendProblem(reply: FastifyReply, status: number, detail?: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', problemMediaType)
    .header('cache-control', 'no-store')
    .serializer((text: string) => text)
    .send(JSON.stringify(problemDocument(status, detail)));
}

const storageDetails = {
  busy: { retryAfterSeconds: 5, detail: 'The database is busy. Nothing was stored; send again.' },
  full: { retryAfterSeconds: 60, detail: 'The disk is full. Nothing was stored; send again later.' },
  overloaded: {
    retryAfterSeconds: 5,
    detail: 'The collector has too much to store. Nothing was stored; send again later.',
  },
  unusable: {
    retryAfterSeconds: 60,
    detail: 'The database cannot be used. Nothing was stored; send again later.',
  },
} as const;

/** Spread over twice the time, so that agents refused together do not retry together. */
function jittered(seconds: number): string {
  return String(Math.ceil(seconds * (1 + Math.random())));
}

const clientDetails: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'This content type is not taken here.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its header says.',
};

function sendError(error: FastifyError, reply: FastifyReply, log: (line: string) => void): FastifyReply {
  const trouble = storageTrouble(error);
  if (trouble !== undefined) {
    log(`database: ${trouble}: ${error.message}`);
    const { retryAfterSeconds, detail } = storageDetails[trouble];
    return sendProblem(reply.header('retry-after', jittered(retryAfterSeconds)), 503, detail);
  }
  if (error.code === 'FST_UNDER_PRESSURE') {
    const { retryAfterSeconds, detail } = storageDetails.overloaded;
    return sendProblem(reply.header('retry-after', jittered(retryAfterSeconds)), 503, detail);
  }
  if (error instanceof CollectorError) {
    log(error.message);
    return sendProblem(
      reply.header('retry-after', '60'),
      503,
      'The collector cannot answer this now; its log says why.',
    );
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const findings = error.validation
      .slice(0, 5)
      .map(
        ({ instancePath, message }) => `${error.validationContext ?? 'request'}${instancePath}: ${message}`,
      );
    return sendProblem(reply, 400, findings.join('; ').slice(0, 1000));
  }
  const status = error.statusCode ?? 500;
  if (status === 429) return sendProblem(reply, 429, 'Too many requests; wait as long as Retry-After says.');
  if (status >= 400 && status < 500) return sendProblem(reply, status, clientDetails[error.code]);
  log(`unexpected: ${error.stack ?? error.message}`);
  return sendProblem(reply, 500, 'Something went wrong in the collector; its log says what.');
}

const answeredMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Call before the routes are added: it notes each of them, so that `answerOtherMethods` can tell a wrong method (405)
 * from a wrong address (404).
 */
export function addProblems(
  app: FastifyInstance,
  log: (line: string) => void,
): { answerOtherMethods(): void } {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByUrl.set(url, methods);
  });
  app.setErrorHandler<FastifyError>((error, _request, reply) => sendError(error, reply, log));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'There is nothing at this address.'));

  return {
    answerOtherMethods() {
      for (const [url, methods] of [...methodsByUrl]) {
        const allow = [...methods].sort().join(', ');
        const refuse = (_request: unknown, reply: FastifyReply): FastifyReply =>
          sendProblem(reply.header('allow', allow), 405, `This address answers ${allow}.`);
        app.route({
          method: answeredMethods.filter((method) => !methods.has(method)),
          url,
          schema: { hide: true },
          config: { refusesMethod: true },
          // Before the body is read, so that the answer does not depend on it.
          onRequest: (request, reply) => void refuse(request, reply),
          handler: refuse,
        });
      }
    },
  };
}
