/** Accounts of a school's console: listed, invited, changed, disabled. */
import { z } from 'zod';
import {
  accountChangeSchema,
  accountListSchema,
  invitationSchema,
  newAccountSchema,
} from '../../../shared/console/access.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { ConsoleAccountRepository } from '../repositories/console-accounts.ts';

const hidden = { hide: true } as const;
const config = { act: 'accounts:manage' } as const;
const params = z.object({ accountId: z.string().max(64) });
const unknownAccount = 'Your school has no such account.';

export function addConsoleAccountRoutes(
  app: CollectorApp,
  { consoleAccounts }: { readonly consoleAccounts: ConsoleAccountRepository },
): void {
  app.get(
    '/api/accounts',
    { config, schema: { ...hidden, response: { 200: accountListSchema } } },
    async (request) => ({ items: [...(await consoleAccounts.list(sessionOf(request).schoolId))] }),
  );

  app.post(
    '/api/accounts',
    {
      config,
      schema: {
        ...hidden,
        body: newAccountSchema,
        response: { 201: invitationSchema, ...problemResponses([409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const invitation = await consoleAccounts.invite({ schoolId, actor }, request.body);
      return invitation === undefined
        ? sendProblem(reply, 409, 'This sign-in name is taken.')
        : reply.code(201).send(invitation);
    },
  );

  app.patch(
    '/api/accounts/:accountId',
    {
      config,
      schema: {
        ...hidden,
        params,
        body: accountChangeSchema,
        response: { 204: noContent, ...problemResponses([404, 409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor, account } = sessionOf(request);
      const { accountId } = request.params;
      const { roles, disabled } = request.body;
      const isOwn = account?.accountId === accountId;
      if (isOwn && (disabled === true || roles?.includes('technician') === false)) {
        return sendProblem(reply, 409, 'You cannot lock yourself out. Ask another technician.');
      }
      const by = { schoolId, actor };
      const isKnown =
        (await consoleAccounts.find(schoolId, accountId)) !== undefined &&
        (roles === undefined || (await consoleAccounts.setRoles(by, accountId, roles))) &&
        (disabled === undefined || (await consoleAccounts.setDisabled(by, accountId, disabled)));
      return isKnown ? reply.code(204).send() : sendProblem(reply, 404, unknownAccount);
    },
  );

  app.post(
    '/api/accounts/:accountId/link',
    {
      config,
      schema: { ...hidden, params, response: { 201: invitationSchema, ...problemResponses([404, 409]) } },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { accountId } = request.params;
      const known = await consoleAccounts.find(schoolId, accountId);
      if (known?.state === 'disabled') return sendProblem(reply, 409, 'This account is disabled.');
      const issued = await consoleAccounts.issueCode({ schoolId, actor }, accountId);
      return issued === undefined ? sendProblem(reply, 404, unknownAccount) : reply.code(201).send(issued);
    },
  );

  app.delete(
    '/api/accounts/:accountId/sessions',
    { config, schema: { ...hidden, params, response: { 204: noContent, ...problemResponses([404]) } } },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const isKnown = await consoleAccounts.endSessions({ schoolId, actor }, request.params.accountId);
      return isKnown ? reply.code(204).send() : sendProblem(reply, 404, unknownAccount);
    },
  );
}
