/** A witness over HTTP: `POST /add-checkpoint`. It holds no personal data, and no part of a log but its size and root. */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { LogKey } from '../log/checkpoint.ts';
import { addCheckpoint } from './add-checkpoint.ts';
import { createWitnessState } from './witness-state.ts';

const mostBytes = 16 * 1024;

export interface RunningWitness {
  readonly address: string;
  close(): Promise<void>;
}

export async function startWitness(options: {
  readonly stateDirectory: string;
  readonly logKeys: readonly string[];
  readonly key: LogKey;
  readonly host: string;
  readonly port: number;
  readonly now: () => Date;
}): Promise<RunningWitness> {
  const state = createWitnessState(options.stateDirectory);
  const app = fastify({ bodyLimit: mostBytes });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
  let last: Promise<unknown> = Promise.resolve();
  app.post('/add-checkpoint', async (request, reply) => {
    const body = typeof request.body === 'string' ? request.body : '';
    // One after the other, so that two requests cannot both grow from the same size.
    const turn = last.then(() => addCheckpoint(body, { ...options, state }));
    last = turn.catch(() => undefined);
    const answer = await turn;
    return reply.code(answer.status).header('content-type', answer.contentType).send(answer.body);
  });
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { address: `http://${host}:${port}`, close: () => app.close() };
}
