/** `GET /v1/log/…`: the transparency log, as C2SP tlog-tiles lays it out. Open to anyone: it holds no name and no text. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { logProofSchema } from '../../../shared/wire/log.ts';
import { consistencySchema, logKeysSchema } from '../../../shared/wire/log-note.ts';
import type { CollectorApp } from '../collector-app.ts';
import { entryBundle, readTileAddress } from '../log/tiles.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { LogRepository } from '../repositories/log.ts';

/** A full tile never changes, and neither does a partial tile of one width. */
const forEver = 'public, max-age=31536000, immutable';
const bytes = {
  description: 'Bytes as https://c2sp.org/tlog-tiles defines them',
  content: { 'application/octet-stream': { schema: z.string() } },
};
const highestLevel = 5;
const sizeSchema = z.coerce.number().int().min(1).max(999_999_999_999_999);
const tileParams = z.object({
  '*': z.string().max(60).describe('The number of the tile, such as x001/067 or x001/067.p/12'),
});

function sendBytes(reply: FastifyReply, body: Buffer | undefined): FastifyReply {
  if (body === undefined) return sendProblem(reply, 404, 'The log does not have this tile.');
  return reply.header('content-type', 'application/octet-stream').header('cache-control', forEver).send(body);
}

interface Dependencies {
  readonly logRepository: LogRepository;
  readonly questionsPerMinute: number;
}

export function addLogRoutes(app: CollectorApp, deps: Dependencies): void {
  const { logRepository } = deps;
  const config = { rateLimit: { max: deps.questionsPerMinute, timeWindow: 60_000 } };
  app.get(
    '/v1/log/checkpoint',
    {
      config,
      schema: {
        operationId: 'readLogCheckpoint',
        summary: 'The newest signed head of the log, as https://c2sp.org/tlog-checkpoint defines it',
        response: {
          200: { description: 'A signed note', content: { 'text/plain': { schema: z.string() } } },
          ...problemResponses([404, 429, 503]),
        },
      },
    },
    async (_request, reply) => {
      const { checkpoint = '' } = (await logRepository.head()) ?? {};
      if (checkpoint === '') return sendProblem(reply, 404, 'The log has signed nothing yet.');
      return reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('cache-control', 'no-cache')
        .serializer((text: string) => text)
        .send(checkpoint);
    },
  );
  app.get(
    '/v1/log/keys',
    {
      config,
      schema: {
        operationId: 'readLogKeys',
        summary: 'The key that signs the log, and the notes by which earlier keys passed it on',
        response: { 200: logKeysSchema, ...problemResponses([429, 503]) },
      },
    },
    async (_request, reply) => {
      const { verifierKey = '' } = (await logRepository.head()) ?? {};
      void reply.header('cache-control', 'no-cache');
      const successions = [...(await logRepository.successions())];
      return { ...(verifierKey === '' ? {} : { verifierKey }), successions };
    },
  );
  app.get(
    '/v1/log/consistency',
    {
      config,
      schema: {
        operationId: 'proveLogConsistency',
        summary: 'The proof that the log of one size starts with all leaves of a smaller one',
        querystring: z.object({ from: sizeSchema, to: sizeSchema }),
        response: { 200: consistencySchema, ...problemResponses([400, 404, 429, 503]) },
      },
    },
    async ({ query }, reply) => {
      const proof = await logRepository.proveConsistency(query.from, query.to);
      if (proof === undefined) return sendProblem(reply, 404, 'The log never had these sizes.');
      return { proof: proof.map((hash) => hash.toString('base64')) };
    },
  );
  addTileRoutes(app, deps);
  app.get(
    '/v1/log/records/:eventId',
    {
      config,
      schema: {
        operationId: 'proveLogRecord',
        summary: 'The leaf of an acknowledgement, and the proof that the log includes it',
        params: z.object({ eventId: z.string().max(128) }),
        response: { 200: logProofSchema, ...problemResponses([400, 404, 429, 503]) },
      },
    },
    async ({ params }, reply) => {
      const found = await logRepository.proveRecord(params.eventId);
      if (found === undefined) {
        return sendProblem(reply, 404, 'The log does not have this record, or not yet.');
      }
      void reply.header('cache-control', 'no-cache');
      return { ...found, proof: found.proof.map((hash) => hash.toString('base64')) };
    },
  );
}

function addTileRoutes(app: CollectorApp, deps: Dependencies): void {
  const { logRepository } = deps;
  const config = { rateLimit: { max: deps.questionsPerMinute, timeWindow: 60_000 } };
  app.get(
    '/v1/log/tile/entries/*',
    {
      config,
      schema: {
        operationId: 'readLogEntries',
        summary: 'Up to 256 entries of the log',
        params: tileParams,
        response: { 200: bytes, ...problemResponses([400, 404, 429, 503]) },
      },
    },
    async ({ params }, reply) => {
      const address = readTileAddress(params['*']);
      const entries =
        address === undefined ? undefined : await logRepository.entries(address.index, address.width);
      return sendBytes(reply, entries === undefined ? undefined : entryBundle(entries));
    },
  );
  app.get(
    '/v1/log/tile/:level/*',
    {
      config,
      schema: {
        operationId: 'readLogTile',
        summary: 'Up to 256 hashes of one level of the log',
        params: z.object({
          level: z.string().max(10).describe('0 for the hashes of leaves'),
          ...tileParams.shape,
        }),
        response: { 200: bytes, ...problemResponses([400, 404, 429, 503]) },
      },
    },
    async ({ params }, reply) => {
      const address = readTileAddress(params['*']);
      const level = /^\d$/u.test(params.level) ? Number(params.level) : Number.NaN;
      const hashes =
        address === undefined || !(level <= highestLevel)
          ? undefined
          : await logRepository.tile(level, address.index, address.width);
      return sendBytes(reply, hashes);
    },
  );
}
