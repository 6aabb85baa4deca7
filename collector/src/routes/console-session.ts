/** Signing in and out of the console, by password or by one-time link. */
import {
  linkQuestionSchema,
  linkSchema,
  linkUseSchema,
  type Me,
  sessionSchema,
  signInSchema,
} from '../../../shared/console/access.ts';
import { actsOf } from '../access/can.ts';
import type { Passwords } from '../access/passwords.ts';
import { createSignInThrottle } from '../access/sign-in-throttle.ts';
import type { CollectorApp } from '../collector-app.ts';
import { clearSessionCookie, setSessionCookie } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { ConsoleAccessRepository, OpenSession } from '../repositories/console-access.ts';
import { type ConsoleAccountRepository, signInKey } from '../repositories/console-accounts.ts';

const hidden = { hide: true } as const;
/** Requests a minute from one address to what visitors may ask. */
const visitorLimit = { rateLimit: { max: 120, timeWindow: 60_000 } };

function describeMe({ account, roles, schoolName }: OpenSession): Me {
  return {
    name: account?.name ?? '',
    accountId: account?.accountId ?? '',
    signInName: account?.signInName ?? '',
    roles: [...roles],
    acts: [...actsOf(roles)],
    schoolName,
  };
}

export function addConsoleSessionRoutes(
  app: CollectorApp,
  deps: {
    readonly consoleAccess: ConsoleAccessRepository;
    readonly consoleAccounts: ConsoleAccountRepository;
    readonly passwords: Passwords;
    readonly now: () => Date;
  },
): void {
  const { consoleAccess, consoleAccounts, passwords } = deps;
  const throttle = createSignInThrottle(deps.now);

  app.get(
    '/api/session',
    { config: { act: 'visitor' }, schema: { ...hidden, response: { 200: sessionSchema } } },
    ({ consoleSession }) => (consoleSession === null ? {} : { me: describeMe(consoleSession) }),
  );

  app.post(
    '/api/session',
    {
      config: { act: 'visitor', ...visitorLimit },
      schema: {
        ...hidden,
        body: signInSchema,
        response: { 204: noContent, ...problemResponses([401, 429]) },
      },
    },
    async (request, reply) => {
      const { signInName, password } = request.body;
      const key = signInKey(signInName);
      const waitSeconds = throttle.waitSeconds(key, request.ip);
      if (waitSeconds > 0) {
        return sendProblem(
          reply.header('retry-after', String(waitSeconds)),
          429,
          'Too many sign-ins failed. Wait as long as Retry-After says.',
        );
      }
      // Counted before the check, so that many attempts at once gain nothing.
      throttle.noteFailure(key, request.ip);
      const account = await consoleAccounts.findForSignIn(signInName);
      const isRight = await passwords.verify(password, account?.passwordHash);
      const opened =
        account === undefined || !isRight
          ? undefined
          : await consoleAccess.openSession(account.accountId, request.headers['user-agent'] ?? '');
      if (opened === undefined) return sendProblem(reply, 401, 'The sign-in name or the password is wrong.');
      throttle.noteSuccess(key);
      setSessionCookie(request, reply, opened);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/api/session',
    { config: { act: 'signed-in' }, schema: { ...hidden, response: { 204: noContent } } },
    async (request, reply) => {
      if (request.consoleSession !== null) await consoleAccess.endSession(request.consoleSession);
      clearSessionCookie(request, reply);
      return reply.code(204).send();
    },
  );

  addLinkRoutes(app, deps);
}

function addLinkRoutes(
  app: CollectorApp,
  {
    consoleAccess,
    passwords,
  }: { readonly consoleAccess: ConsoleAccessRepository; readonly passwords: Passwords },
): void {
  const gone = 'This address was used already, or is too old.';

  app.post(
    '/api/links/look',
    {
      config: { act: 'visitor', ...visitorLimit },
      schema: {
        ...hidden,
        body: linkQuestionSchema,
        response: { 200: linkSchema, ...problemResponses([404, 429]) },
      },
    },
    async (request, reply) => {
      const purpose = await consoleAccess.findCode(request.body.code);
      if (purpose === undefined) return sendProblem(reply, 404, gone);
      const { schoolName, account } = purpose;
      return {
        kind: account === undefined ? ('technician' as const) : ('account' as const),
        schoolName,
        name: account?.name ?? '',
        signInName: account?.signInName ?? '',
      };
    },
  );

  app.post(
    '/api/links/use',
    {
      config: { act: 'visitor', ...visitorLimit },
      schema: {
        ...hidden,
        body: linkUseSchema,
        response: { 204: noContent, ...problemResponses([404, 409, 429]) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      // Hashing is expensive, so an unknown code is refused first.
      if ((await consoleAccess.findCode(body.code)) === undefined) return sendProblem(reply, 404, gone);
      const use =
        body.use === 'sign-in' ? body : { ...body, passwordHash: await passwords.hash(body.password) };
      const opened = await consoleAccess.redeemCode(body.code, use, request.headers['user-agent'] ?? '');
      if (opened === 'unknown-code') return sendProblem(reply, 404, gone);
      if (opened === 'sign-in-name-taken') return sendProblem(reply, 409, 'This sign-in name is taken.');
      setSessionCookie(request, reply, opened);
      return reply.code(204).send();
    },
  );
}
