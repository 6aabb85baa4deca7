/** Gives every answer to an agent the newest checkpoint of the log, and asks it to forget what was erased. */
import type { FastifyInstance } from 'fastify';
import { checkpointHeader, forgetBeforeHeader } from '../../../shared/wire/log-note.ts';
import type { LogRepository } from '../repositories/log.ts';

/** The log grows at most this often. */
const readEveryMs = 500;

export function addLogHeaders(app: FastifyInstance, log: Pick<LogRepository, 'head'>): void {
  let known = '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  app.addHook('onSend', async ({ agentId, erasedAt }, reply) => {
    if (agentId === '') return;
    if (performance.now() - readAtMs > readEveryMs) {
      readAtMs = performance.now();
      // An answer is worth more than its header: the next one carries it.
      known = await log.head().then(
        (newest) => newest?.checkpoint ?? '',
        () => known,
      );
    }
    if (known !== '') void reply.header(checkpointHeader, Buffer.from(known).toString('base64'));
    if (erasedAt !== '') void reply.header(forgetBeforeHeader, erasedAt);
  });
}
