/** The console: one page that lists acknowledgements as they arrive, for a technician with a session. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { chooseLanguage, type Language, languageSchema } from '../../../shared/lib/language.ts';
import { renderList, renderPcs, renderSignIn, toRow } from '../../console/page.ts';
import type { CollectorApp } from '../collector-app.ts';
import { createConsoleFeed } from '../console-feed.ts';
import { sendProblem } from '../plugins/problems.ts';
import type { AcknowledgementRecord, AcknowledgementRepository } from '../repositories/acknowledgements.ts';
import type { ConsoleAccessRepository } from '../repositories/console-access.ts';
import type { PcRepository } from '../repositories/pcs.ts';
import type { PolicyRepository } from '../repositories/policies.ts';

const rowsPerPage = 200;
const mostPcs = 500;
const maxStreams = 50;
/** Proxies, and this server itself, cut an idle connection. */
const streamHeartbeatMs = 15_000;
/** A stream ends after this long, so that the page signs in again with its session. */
const streamLifeMs = 15 * 60 * 1000;
const cookieName = 'porthor-console';

const languageQuerySchema = z.object({ lang: languageSchema.optional().catch(undefined) });
const positionSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

function sessionOf(request: FastifyRequest): string {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === cookieName) return value ?? '';
  }
  return '';
}

/** The language in the address, else the first match in the browser's order of preference. */
function languageOf(request: FastifyRequest, asked: Language | undefined): Language {
  if (asked !== undefined) return asked;
  const preferences = (request.headers['accept-language'] ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(';');
      const weight = parameters
        .map((one) => /^\s*q=([\d.]+)$/u.exec(one)?.[1])
        .find((one) => one !== undefined);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight);
  return chooseLanguage(preferences.map(({ tag }) => tag));
}

function sendHtml(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('vary', 'accept-language')
    .send(body);
}

export async function addConsoleRoutes(
  app: CollectorApp,
  deps: {
    readonly acknowledgementsOf: (schoolId: string) => AcknowledgementRepository;
    readonly consoleAccess: ConsoleAccessRepository;
    readonly pcsOf: (schoolId: string) => PcRepository;
    readonly policies: PolicyRepository;
    readonly log: (line: string) => void;
  },
): Promise<void> {
  const hidden = { hide: true } as const;
  /** The school of the technician who is signed in; undefined for a stranger. */
  const schoolOf = async (request: FastifyRequest): Promise<string | undefined> => {
    const session = sessionOf(request);
    return session === '' ? undefined : deps.consoleAccess.schoolOfSession(session);
  };
  const show = async (record: AcknowledgementRecord, language: Language) => {
    // A missing pack or an unreadable folder loses only the title, never the record.
    const pack = await deps.policies.find(record.policyId, record.policyVersion).catch(() => undefined);
    return toRow(record, language, pack?.manifest.title[language]);
  };

  app.get(
    '/',
    {
      schema: {
        ...hidden,
        querystring: languageQuerySchema.extend({ before: positionSchema.optional().catch(undefined) }),
      },
    },
    async (request, reply) => {
      const language = languageOf(request, request.query.lang);
      const schoolId = await schoolOf(request);
      if (schoolId === undefined) return sendHtml(reply, 401, renderSignIn(language, false));
      const { before } = request.query;
      const records = await deps.acknowledgementsOf(schoolId).listNewest(rowsPerPage + 1, before);
      const shown = records.slice(0, rowsPerPage);
      const rows = await Promise.all(shown.map((record) => show(record, language)));
      const olderThan = records.length > rowsPerPage ? shown.at(-1)?.position : undefined;
      return sendHtml(reply, 200, renderList({ language, rows, olderThan, before }));
    },
  );

  app.get('/pcs', { schema: { ...hidden, querystring: languageQuerySchema } }, async (request, reply) => {
    const language = languageOf(request, request.query.lang);
    const schoolId = await schoolOf(request);
    if (schoolId === undefined) return sendHtml(reply, 401, renderSignIn(language, false));
    return sendHtml(reply, 200, renderPcs(language, await deps.pcsOf(schoolId).listSlowestFirst(mostPcs)));
  });

  app.get(
    '/sign-in',
    {
      // A HEAD request must not use up the sign-in address.
      exposeHeadRoute: false,
      config: { rateLimit: { max: 30, timeWindow: 60_000 } },
      schema: { ...hidden, querystring: languageQuerySchema.extend({ code: z.string().max(128).catch('') }) },
    },
    async (request, reply) => {
      const language = languageOf(request, request.query.lang);
      const opened = await deps.consoleAccess.redeemCode(request.query.code);
      if (opened === undefined) return sendHtml(reply, 401, renderSignIn(language, true));
      const secure = request.protocol === 'https' ? '; Secure' : '';
      return reply
        .header(
          'set-cookie',
          `${cookieName}=${opened.session}; Path=/; Max-Age=${opened.lifeSeconds}; HttpOnly; SameSite=Strict${secure}`,
        )
        .redirect('/', 303);
    },
  );

  const openStreams = new Set<() => void>();
  app.addHook('preClose', (done) => {
    for (const end of openStreams) end();
    done();
  });
  app.get(
    '/api/acknowledgements/stream',
    {
      exposeHeadRoute: false,
      schema: {
        ...hidden,
        querystring: languageQuerySchema.extend({ after: positionSchema.catch(0) }),
        headers: z.object({ 'last-event-id': positionSchema.optional().catch(undefined) }),
      },
    },
    async (request, reply) => {
      const schoolId = await schoolOf(request);
      if (schoolId === undefined) return sendProblem(reply, 401, 'Sign in to the console first.');
      if (openStreams.size >= maxStreams) {
        return sendProblem(reply.header('retry-after', '30'), 503, 'Too many pages are open.');
      }
      const language = languageOf(request, request.query.lang);
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
          const row = await show(record, language);
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

  for (const [fileName, mediaType] of [
    ['page.css', 'text/css; charset=utf-8'],
    ['live.js', 'text/javascript; charset=utf-8'],
  ] as const) {
    const content = await readFile(new URL(`../../console/${fileName}`, import.meta.url), 'utf8');
    app.get(`/console/${fileName}`, { schema: hidden }, (_request, reply) =>
      reply.header('content-type', mediaType).header('cache-control', 'no-cache').send(content),
    );
  }
}
