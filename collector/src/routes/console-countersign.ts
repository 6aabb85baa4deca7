/** Countersigning in the console: the queue, one batch, a withdrawal, and the Windows accounts of a signatory. */
import { z } from 'zod';
import {
  countersignedSchema,
  countersignSchema,
  ownWindowsAccountsSchema,
  queueChoicesSchema,
  queuePageSchema,
  queueQuerySchema,
  windowsAccountsChangeSchema,
  windowsAccountsSchema,
  withdrawalSchema,
} from '../../../shared/console/countersign.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { OpenSession } from '../repositories/console-access.ts';
import type { CountersignatureRepository } from '../repositories/countersignatures.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { toConsoleRow } from './console-record.ts';

const hidden = { hide: true } as const;
const config = { act: 'acknowledgements:countersign' } as const;
const rowsPerPage = 50;
const noAccount = 'Sign in with an account of your own: a countersignature needs a name.';
const unknownAccount = 'Your school has no such account.';

interface Dependencies {
  readonly countersignaturesOf: (schoolId: string) => CountersignatureRepository;
  readonly policies: PolicyRepository;
}

/** A signatory's account, with the name that the countersignature carries. */
const signatoryOf = ({ account }: OpenSession) =>
  account === undefined ? undefined : { accountId: account.accountId, name: account.name };

export function addConsoleCountersignRoutes(app: CollectorApp, deps: Dependencies): void {
  addQueueRoutes(app, deps);
  addActRoutes(app, deps);
  addOwnAccountRoutes(app, deps);
  addTechnicianRoutes(app, deps);
}

function addQueueRoutes(app: CollectorApp, { countersignaturesOf, policies }: Dependencies): void {
  app.get(
    '/api/countersign',
    { config, schema: { ...hidden, querystring: queueQuerySchema, response: { 200: queuePageSchema } } },
    async (request) => {
      const { schoolId, account } = sessionOf(request);
      const repository = countersignaturesOf(schoolId);
      const page = await repository.queue(request.query, account?.accountId ?? '', rowsPerPage);
      const items = page.items.map(async ({ isOwn, ...row }) => ({
        ...(await toConsoleRow(row, policies)),
        isOwn,
      }));
      return { ...page, items: await Promise.all(items) };
    },
  );

  app.get(
    '/api/countersign/choices',
    { config, schema: { ...hidden, response: { 200: queueChoicesSchema } } },
    async (request) => {
      const repository = countersignaturesOf(sessionOf(request).schoolId);
      const versions = (await repository.publishedVersions()).map(async ({ policyId, policyVersion }) => {
        const pack = await policies.find(policyId, policyVersion).catch(() => undefined);
        const title = pack === undefined ? {} : { title: pack.manifest.title };
        return { policyId, policyVersion, ...title };
      });
      return { ...(await repository.countWaiting()), versions: await Promise.all(versions) };
    },
  );
}

function addActRoutes(app: CollectorApp, { countersignaturesOf }: Dependencies): void {
  app.post(
    '/api/countersign',
    {
      config,
      schema: {
        ...hidden,
        body: countersignSchema,
        response: { 200: countersignedSchema, ...problemResponses([409, 503]) },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request);
      const signatory = signatoryOf(session);
      if (signatory === undefined) return sendProblem(reply, 409, noAccount);
      const { eventIds } = request.body;
      const outcome = await countersignaturesOf(session.schoolId).sign(signatory, eventIds);
      if (outcome.kind === 'accounts-not-named') {
        return sendProblem(reply, 409, 'First say which Windows accounts are yours.');
      }
      if (outcome.kind === 'cannot-sign') {
        return sendProblem(reply, 503, 'This collector has no key of the log, so it cannot countersign.');
      }
      const refused = outcome.refused.map(([eventId, reason]) => ({ eventId, reason }));
      return { signed: new Set(eventIds).size - refused.length, refused };
    },
  );

  app.post(
    '/api/countersign/:eventId/withdrawal',
    {
      config,
      schema: {
        ...hidden,
        params: z.object({ eventId: z.string().max(128) }),
        body: withdrawalSchema,
        response: { 204: noContent, ...problemResponses([404, 409]) },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request);
      const signatory = signatoryOf(session);
      if (signatory === undefined) return sendProblem(reply, 409, noAccount);
      const { eventId } = request.params;
      const isDone = await countersignaturesOf(session.schoolId).withdraw(
        signatory,
        eventId,
        request.body.reason,
      );
      return isDone
        ? reply.code(204).send()
        : sendProblem(reply, 404, 'This acknowledgement has no countersignature to withdraw.');
    },
  );
}

/** A signatory may add, and never take away: else one could sign for oneself. */
function addOwnAccountRoutes(app: CollectorApp, { countersignaturesOf }: Dependencies): void {
  app.get(
    '/api/own/windows-accounts',
    { config, schema: { ...hidden, response: { 200: windowsAccountsSchema, ...problemResponses([409]) } } },
    async (request, reply) => {
      const { schoolId, account } = sessionOf(request);
      const found = await countersignaturesOf(schoolId).windowsAccounts(account?.accountId ?? '');
      return found ?? sendProblem(reply, 409, noAccount);
    },
  );

  app.post(
    '/api/own/windows-accounts',
    {
      config,
      schema: {
        ...hidden,
        body: ownWindowsAccountsSchema,
        response: { 204: noContent, ...problemResponses([409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor, account } = sessionOf(request);
      const change = { ...request.body, remove: [] };
      const isDone = await countersignaturesOf(schoolId).nameWindowsAccounts(
        actor,
        account?.accountId ?? '',
        change,
      );
      return isDone ? reply.code(204).send() : sendProblem(reply, 409, noAccount);
    },
  );
}

function addTechnicianRoutes(app: CollectorApp, { countersignaturesOf }: Dependencies): void {
  const params = z.object({ accountId: z.string().max(64) });
  app.get(
    '/api/accounts/:accountId/windows-accounts',
    {
      config: { act: 'accounts:manage' },
      schema: { ...hidden, params, response: { 200: windowsAccountsSchema, ...problemResponses([404]) } },
    },
    async (request, reply) => {
      const { schoolId } = sessionOf(request);
      const found = await countersignaturesOf(schoolId).windowsAccounts(request.params.accountId);
      return found ?? sendProblem(reply, 404, unknownAccount);
    },
  );

  app.post(
    '/api/accounts/:accountId/windows-accounts',
    {
      config: { act: 'accounts:manage' },
      schema: {
        ...hidden,
        params,
        body: windowsAccountsChangeSchema,
        response: { 204: noContent, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { accountId } = request.params;
      const isDone = await countersignaturesOf(schoolId).nameWindowsAccounts(actor, accountId, request.body);
      return isDone ? reply.code(204).send() : sendProblem(reply, 404, unknownAccount);
    },
  );
}
