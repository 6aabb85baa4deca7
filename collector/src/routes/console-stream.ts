/** Sends acknowledgements to open pages of the console as they arrive. */
import { once } from 'node:events';
import { z } from 'zod';
import type { CollectorApp } from '../collector-app.ts';
import { createConsoleFeed } from '../console-feed.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { sendProblem } from '../plugins/problems.ts';
import type { AcknowledgementRepository } from '../repositories/acknowledgements.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { toConsoleRow } from './console-record.ts';

const maxStreams = 50;
/** Proxies, and this server itself, cut an idle connection. */
const streamHeartbeatMs = 15_000;
/** A stream ends after this long, so that the page asks again with its session. */
const streamLifeMs = 15 * 60 * 1000;

const positionSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export function addConsoleStreamRoute(
  app: CollectorApp,
  deps: {
    readonly acknowledgementsOf: (schoolId: string) => AcknowledgementRepository;
    readonly policies: PolicyRepository;
    readonly log: (line: string) => void;
  },
): void {
  const openStreams = new Set<() => void>();
  app.addHook('preClose', (done) => {
    for (const end of openStreams) end();
    done();
  });
  app.get(
    '/api/acknowledgements/stream',
    {
      exposeHeadRoute: false,
      config: { act: 'acknowledgements:read' },
      schema: {
        hide: true,
        querystring: z.object({ after: positionSchema.catch(0) }),
        headers: z.object({ 'last-event-id': positionSchema.optional().catch(undefined) }),
      },
    },
    async (request, reply) => {
      const { schoolId } = sessionOf(request);
      if (openStreams.size >= maxStreams) {
        return sendProblem(reply.header('retry-after', '30'), 503, 'Too many pages are open.');
      }
      reply.hijack();
      const { raw } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) raw.setHeader(name, value);
      }
      raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
      raw.setHeader('connection', 'close');
      raw.write('retry: 2000\n\n');
      const unsubscribe = createConsoleFeed(deps.acknowledgementsOf(schoolId), deps.log).subscribe(
        request.headers['last-event-id'] ?? request.query.after,
        async (record) => {
          const row = await toConsoleRow(record, deps.policies);
          // JSON holds no line break, so one row is one line of the stream.
          const block = `id: ${row.position}\nevent: acknowledgement\ndata: ${JSON.stringify(row)}\n\n`;
          if (raw.write(block)) return;
          const settled = new AbortController();
          const { signal } = settled;
          // Remove both listeners: the stream may stall many times while it is open.
          await Promise.race([once(raw, 'drain', { signal }), once(raw, 'close', { signal })]).finally(() =>
            settled.abort(),
          );
        },
      );
      const heartbeat = setInterval(() => raw.write(': still here\n\n'), streamHeartbeatMs);
      const end = (): void => {
        openStreams.delete(end);
        unsubscribe();
        clearInterval(heartbeat);
        clearTimeout(life);
        raw.end();
      };
      const life = setTimeout(end, streamLifeMs);
      openStreams.add(end);
      raw.once('close', end);
      return reply;
    },
  );
}
