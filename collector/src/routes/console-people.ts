/** People of the school in the console: the list, one person, who is missing, and accounts without a person. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { overviewWeeks } from '../../../shared/console/overview.ts';
import {
  askedSchema,
  matchSchema,
  outstandingExportSchema,
  outstandingPageSchema,
  outstandingQuerySchema,
  peopleAudiencesSchema,
  peoplePageSchema,
  peopleQuerySchema,
  personRecordSchema,
  unmatchedPageSchema,
  unmatchedQuerySchema,
} from '../../../shared/console/people.ts';
import { createConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import { languageSchema } from '../../../shared/lib/language.ts';
import { currentPacks } from '../../../shared/policy/current-packs.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { calendarDateAt } from '../../../shared/policy/school-calendar.ts';
import type { CollectorApp } from '../collector-app.ts';
import { byteOrderMark, writeCsvLine } from '../csv.ts';
import { inForceOf } from '../overview.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AuditRepository } from '../repositories/audit.ts';
import type { PersonHistoryRepository } from '../repositories/person-history.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import type { RosterRepository } from '../repositories/roster.ts';
import { showText } from '../show-text.ts';

const hidden = { hide: true } as const;
const rowsPerPage = 50;
const rowsPerExportPage = 500;
const dayMs = 86_400_000;
const unknownPerson = 'Your school has no such person.';

export interface PeopleDependencies {
  readonly audit: AuditRepository;
  readonly rosterOf: (schoolId: string) => RosterRepository;
  readonly personHistoryOf: (schoolId: string) => PersonHistoryRepository;
  readonly policies: PolicyRepository;
  readonly now: () => Date;
}

type PersonRow = Awaited<ReturnType<RosterRepository['page']>>['items'][number];

function showPerson({ personId, fullName, audience, jobRole, email, accounts, leftAt }: PersonRow) {
  return {
    personId,
    fullName: showText(fullName),
    audience,
    jobRole: showText(jobRole),
    email: showText(email),
    accounts,
    hasLeft: leftAt !== null,
  };
}

function nameAccount(account: { readonly accountName: string; readonly accountDomain: string }): string {
  const { accountName, accountDomain } = account;
  return showText(accountDomain === '' ? accountName : `${accountDomain}\\${accountName}`);
}

export function addConsolePeopleRoutes(app: CollectorApp, deps: PeopleDependencies): void {
  const config = { act: 'people:read' } as const;

  app.get(
    '/api/people',
    { config, schema: { ...hidden, querystring: peopleQuerySchema, response: { 200: peoplePageSchema } } },
    async (request) => {
      const page = await deps.rosterOf(sessionOf(request).schoolId).page(request.query, rowsPerPage);
      return { ...page, items: page.items.map(showPerson) };
    },
  );

  app.get(
    '/api/people-audiences',
    { config, schema: { ...hidden, response: { 200: peopleAudiencesSchema } } },
    async (request) => ({ items: [...(await deps.rosterOf(sessionOf(request).schoolId).audiences())] }),
  );

  app.get(
    '/api/people/:personId',
    {
      config,
      schema: {
        ...hidden,
        params: z.object({ personId: z.string().max(64) }),
        response: { 200: personRecordSchema, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { schoolId } = sessionOf(request);
      const found = await deps.rosterOf(schoolId).find(request.params.personId);
      if (found === undefined) return sendProblem(reply, 404, unknownPerson);
      return {
        ...showPerson(found.person),
        externalId: showText(found.person.externalId),
        knownAccounts: found.accounts.map((account) => ({
          account: nameAccount(account),
          accountKey: account.accountKey,
          matchedBy: account.matchedBy,
        })),
        ...(await readHistory(deps, schoolId, found)),
      };
    },
  );

  addOutstandingRoutes(app, deps);
  addMatchRoutes(app, deps);
}

async function readHistory(
  { personHistoryOf, policies, now }: PeopleDependencies,
  schoolId: string,
  {
    person,
    accounts,
  }: {
    readonly person: { readonly fullName: string };
    readonly accounts: readonly { readonly accountKey: string }[];
  },
) {
  const history = personHistoryOf(schoolId);
  const keys = accounts.map(({ accountKey }) => accountKey);
  const since = new Date(now().getTime() - overviewWeeks * 7 * dayMs).toISOString();
  const [answers, incidents, devices] = await Promise.all([
    history.answers(keys),
    history.incidents(keys, since),
    history.devices(person.fullName),
  ]);
  return {
    answers: await Promise.all(
      answers.map(async (answer) => {
        const pack = await policies.find(answer.policyId, answer.policyVersion).catch(() => undefined);
        const counts = answer.action === 'accepted';
        return { ...answer, counts, ...(pack === undefined ? {} : { policyTitle: pack.manifest.title }) };
      }),
    ),
    incidents: [...incidents],
    devices: devices.map(({ label, issuedAt, returnedAt }) => ({
      label: showText(label),
      ...(issuedAt === null ? {} : { issuedAt }),
      ...(returnedAt === null ? {} : { returnedAt }),
    })),
  };
}

/** The policy as it is asked today; undefined where the audience is not asked it. */
async function findAsked(
  { policies, now }: PeopleDependencies,
  { policyId, audience }: z.infer<typeof outstandingExportSchema>,
): Promise<{ readonly pack: PolicyPack; readonly packs: readonly PolicyPack[] } | undefined> {
  const packs = await policies.all();
  const asked = currentPacks(packs, audience, calendarDateAt(now()));
  const pack = asked.find(({ manifest }) => manifest.id === policyId);
  return pack === undefined ? undefined : { pack, packs };
}

const notAsked = 'This audience is not asked this policy today.';

function addOutstandingRoutes(app: CollectorApp, deps: PeopleDependencies): void {
  app.get(
    '/api/outstanding-choices',
    { config: { act: 'people:read' }, schema: { ...hidden, response: { 200: askedSchema } } },
    async (request) => {
      const packs = await deps.policies.all();
      const audiences = await deps.rosterOf(sessionOf(request).schoolId).audiences();
      const today = calendarDateAt(deps.now());
      return {
        items: audiences.flatMap((audience) =>
          currentPacks(packs, audience, today).map(({ manifest }) => ({
            audience,
            policyId: manifest.id,
            title: manifest.title,
          })),
        ),
      };
    },
  );

  app.get(
    '/api/outstanding',
    {
      config: { act: 'people:read' },
      schema: {
        ...hidden,
        querystring: outstandingQuerySchema,
        response: { 200: outstandingPageSchema, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { cursor, audience } = request.query;
      const asked = await findAsked(deps, request.query);
      if (asked === undefined) return sendProblem(reply, 404, notAsked);
      const inForce = inForceOf(asked.pack, asked.packs, deps.now());
      const roster = deps.rosterOf(sessionOf(request).schoolId);
      const page = await roster.outstanding(inForce, audience, cursor, rowsPerPage);
      const items = page.items.map((row) => {
        const { personId, fullName, jobRole, email, accounts } = showPerson(row);
        return { personId, fullName, jobRole, email, hasAccount: accounts > 0 };
      });
      return { ...page, items };
    },
  );

  app.get(
    '/api/outstanding.csv',
    {
      exposeHeadRoute: false,
      config: { act: 'people:export' },
      schema: {
        ...hidden,
        querystring: outstandingExportSchema.extend({ lang: languageSchema.default('en-GB') }),
        response: problemResponses([404]),
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { lang, audience } = request.query;
      const asked = await findAsked(deps, request.query);
      if (asked === undefined) return sendProblem(reply, 404, notAsked);
      const detail = JSON.stringify({ policyId: asked.pack.manifest.id, audience });
      await deps.audit.note({ schoolId, actor, act: 'outstanding-exported', subject: 'roster', detail });
      const { text } = createConsoleTranslator(lang);
      const inForce = inForceOf(asked.pack, asked.packs, deps.now());
      const roster = deps.rosterOf(schoolId);
      async function* lines() {
        const headings = [text('console.who'), text('console.jobRole'), text('console-people.email')];
        yield `${byteOrderMark}${writeCsvLine(headings)}`;
        for (let cursor: string | undefined; ; ) {
          const page = await roster.outstanding(inForce, audience, cursor, rowsPerExportPage);
          for (const row of page.items.map(showPerson)) {
            yield writeCsvLine([row.fullName, row.jobRole, row.email]);
          }
          if (page.next === undefined) return;
          cursor = page.next;
        }
      }
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="outstanding.csv"')
        .send(Readable.from(lines()));
    },
  );
}

function addMatchRoutes(app: CollectorApp, { rosterOf }: PeopleDependencies): void {
  const config = { act: 'people:manage' } as const;
  app.get(
    '/api/roster/accounts',
    {
      config,
      schema: { ...hidden, querystring: unmatchedQuerySchema, response: { 200: unmatchedPageSchema } },
    },
    async (request) => {
      const roster = rosterOf(sessionOf(request).schoolId);
      const page = await roster.unmatched(request.query.cursor, rowsPerPage);
      const items = page.items.map((account) => ({
        accountKey: account.accountKey,
        account: nameAccount(account),
        fullName: showText(account.fullName),
        candidates: account.candidates.map(({ personId, fullName, email }) => ({
          personId,
          fullName: showText(fullName),
          email: showText(email),
        })),
      }));
      return { ...page, items };
    },
  );

  app.post(
    '/api/roster/matches',
    {
      config,
      schema: { ...hidden, body: matchSchema, response: { 204: noContent, ...problemResponses([404]) } },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const isKnown = await rosterOf(schoolId).match({ actor, ...request.body });
      return isKnown
        ? reply.code(204).send()
        : sendProblem(reply, 404, 'Your school has no such account or person.');
    },
  );
}
