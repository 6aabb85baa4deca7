/** A person's own account: their sessions and their password. */
import { z } from 'zod';
import { passwordChangeSchema, sessionListSchema } from '../../../shared/console/access.ts';
import type { Passwords } from '../access/passwords.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { ConsoleAccessRepository } from '../repositories/console-access.ts';
import type { ConsoleAccountRepository } from '../repositories/console-accounts.ts';

const hidden = { hide: true } as const;
const noAccount = 'This session came from a one-time link and has no account.';

export function addConsoleOwnAccountRoutes(
  app: CollectorApp,
  deps: {
    readonly consoleAccess: ConsoleAccessRepository;
    readonly consoleAccounts: ConsoleAccountRepository;
    readonly passwords: Passwords;
  },
): void {
  app.get(
    '/api/own/sessions',
    { config: { act: 'signed-in' }, schema: { ...hidden, response: { 200: sessionListSchema } } },
    async (request) => {
      const { account, sessionId } = sessionOf(request);
      const sessions = account === undefined ? [] : await deps.consoleAccess.listSessions(account.accountId);
      return { items: sessions.map((one) => ({ ...one, isThisOne: one.sessionId === sessionId })) };
    },
  );

  app.delete(
    '/api/own/sessions/:sessionId',
    {
      config: { act: 'signed-in' },
      schema: {
        ...hidden,
        params: z.object({ sessionId: z.string().max(64) }),
        response: { 204: noContent, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { account } = sessionOf(request);
      const hasEnded =
        account !== undefined &&
        (await deps.consoleAccess.endOwnSession(account.accountId, request.params.sessionId));
      return hasEnded ? reply.code(204).send() : sendProblem(reply, 404, 'You have no such session.');
    },
  );

  app.post(
    '/api/own/password',
    {
      config: { act: 'signed-in', rateLimit: { max: 20, timeWindow: 60_000 } },
      schema: {
        ...hidden,
        body: passwordChangeSchema,
        response: { 204: noContent, ...problemResponses([403, 404, 429]) },
      },
    },
    async (request, reply) => {
      const { account, schoolId, actor, sessionId } = sessionOf(request);
      if (account === undefined) return sendProblem(reply, 404, noAccount);
      const known = await deps.consoleAccounts.findForSignIn(account.signInName);
      if (!(await deps.passwords.verify(request.body.currentPassword, known?.passwordHash))) {
        return sendProblem(reply, 403, 'The current password is wrong.');
      }
      await deps.consoleAccounts.setPassword(
        { schoolId, actor },
        {
          accountId: account.accountId,
          passwordHash: await deps.passwords.hash(request.body.newPassword),
          keepSessionId: sessionId,
        },
      );
      return reply.code(204).send();
    },
  );
}
