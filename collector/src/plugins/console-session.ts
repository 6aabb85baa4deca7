/** Guards the console's API: every route under `/api/` says which act it is, and only a session that may do it gets in. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Act, actSchema } from '../../../shared/console/access.ts';
import { can } from '../access/can.ts';
import type { CollectorApp } from '../collector-app.ts';
import type { ConsoleAccessRepository, OpenedSession, OpenSession } from '../repositories/console-access.ts';
import { sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `visitor`: no session needed. `signed-in`: any session. */
    act?: Act | 'visitor' | 'signed-in';
  }
  interface FastifyRequest {
    /** The session of the console; null on routes outside `/api/` and for a visitor. */
    consoleSession: OpenSession | null;
  }
}

const cookieName = 'porthor-console';
/** A page of another site cannot send this header: the browser would ask first, and this collector never agrees. */
const ownHeader = 'x-porthor-console';
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A browser that names the sender's site must name this one. */
function isFromOwnPage({ headers }: FastifyRequest): boolean {
  if (headers[ownHeader] === undefined) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

/** The session of a route that needs one. */
export function sessionOf({ consoleSession }: FastifyRequest): OpenSession {
  if (consoleSession === null) throw new Error('this route is open to visitors and has no session');
  return consoleSession;
}

function cookieOptions(request: FastifyRequest) {
  const secure = request.protocol === 'https';
  return { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, opened: OpenedSession): void {
  void reply.setCookie(cookieName, opened.session, { ...cookieOptions(request), maxAge: opened.lifeSeconds });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(cookieName, cookieOptions(request));
}

/** Call before the routes are added. */
export function addConsoleGuard(app: CollectorApp, access: ConsoleAccessRepository): void {
  app.decorateRequest('consoleSession', null);
  app.addHook('onRoute', ({ url, config }) => {
    if (!url.startsWith('/api/') || config?.refusesMethod === true) return;
    if (config?.act === undefined) throw new Error(`the route ${url} does not say which act it is`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { act } = request.routeOptions.config;
    if (act === undefined) return undefined;
    if (!readingMethods.has(request.method) && !isFromOwnPage(request)) {
      return sendProblem(reply, 403, 'Only the console’s own page may do this.');
    }
    const secret = request.cookies[cookieName] ?? '';
    request.consoleSession = secret === '' ? null : ((await access.findSession(secret)) ?? null);
    if (act === 'visitor') return undefined;
    if (request.consoleSession === null) return sendProblem(reply, 401, 'Sign in to the console first.');
    const known = actSchema.safeParse(act);
    if (known.success && !can(request.consoleSession.roles, known.data)) {
      return sendProblem(reply, 403, 'Your role does not allow this. Ask a technician of your school.');
    }
    return undefined;
  });
}
