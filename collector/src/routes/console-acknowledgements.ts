/** Acknowledgements in the console: a filtered list, one record with its proof, and the list as CSV. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  type AcknowledgementFilter,
  type AcknowledgementRow,
  filterSchema,
  listQuerySchema,
  pageSchema,
  policyChoicesSchema,
  recordSchema,
} from '../../../shared/console/acknowledgements.ts';
import { type ConsoleTranslator, createConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import { languageSchema } from '../../../shared/lib/language.ts';
import type { CollectorApp } from '../collector-app.ts';
import { byteOrderMark, writeCsvLine } from '../csv.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AuditRepository } from '../repositories/audit.ts';
import type { ConsoleAcknowledgementRepository } from '../repositories/console-acknowledgements.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { readRecord, toConsoleRow } from './console-record.ts';

const hidden = { hide: true } as const;
const rowsPerPage = 50;
const rowsPerExportPage = 500;

interface Dependencies {
  readonly audit: AuditRepository;
  readonly consoleAcknowledgementsOf: (schoolId: string) => ConsoleAcknowledgementRepository;
  readonly policies: PolicyRepository;
}

export function addConsoleAcknowledgementRoutes(app: CollectorApp, deps: Dependencies): void {
  const { consoleAcknowledgementsOf, policies } = deps;

  app.get(
    '/api/acknowledgements',
    {
      config: { act: 'acknowledgements:read' },
      schema: { ...hidden, querystring: listQuerySchema, response: { 200: pageSchema } },
    },
    async (request) => {
      const page = await consoleAcknowledgementsOf(sessionOf(request).schoolId).page(
        request.query,
        rowsPerPage,
      );
      return { ...page, items: await Promise.all(page.items.map((one) => toConsoleRow(one, policies))) };
    },
  );

  app.get(
    '/api/acknowledgement-policies',
    {
      config: { act: 'acknowledgements:read' },
      schema: { ...hidden, response: { 200: policyChoicesSchema } },
    },
    async (request) => {
      const published = await consoleAcknowledgementsOf(sessionOf(request).schoolId).publishedPolicies();
      const items = published.map(async ({ policyId, policyVersion }) => {
        const pack = await policies.find(policyId, policyVersion).catch(() => undefined);
        return pack === undefined ? { policyId } : { policyId, title: pack.manifest.title };
      });
      return { items: await Promise.all(items) };
    },
  );

  app.get(
    '/api/acknowledgements/:eventId',
    {
      config: { act: 'acknowledgements:read' },
      schema: {
        ...hidden,
        params: z.object({ eventId: z.string().max(128) }),
        response: { 200: recordSchema, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const record = await readRecord(deps, sessionOf(request).schoolId, request.params.eventId);
      return record?.view ?? sendProblem(reply, 404, 'Your school has no such acknowledgement.');
    },
  );

  addExportRoute(app, deps);
}

function headingsOf({ text }: ConsoleTranslator): readonly string[] {
  return [
    text('console.when'),
    text('console.who'),
    text('console.jobRole'),
    text('console.account'),
    text('console.answer'),
    text('console.policy'),
    text('console.version'),
    text('console.shownIn'),
    text('console.pc'),
    text('console.signature'),
    text('console-countersign.countersignedBy'),
    text('console-countersign.countersignedAt'),
    text('console.record'),
  ];
}

function cellsOf(row: AcknowledgementRow, { text, language }: ConsoleTranslator): readonly string[] {
  return [
    row.decidedAt,
    row.fullName,
    row.jobRole,
    row.account,
    text(`console.action.${row.action}`),
    row.policyTitle?.[language] ?? row.policyId,
    row.policyVersion,
    text(row.language === 'cy-GB' ? 'console.welsh' : 'console.english'),
    row.hostname,
    text(`console.signature.${row.signature}`),
    row.countersignature?.by ?? '',
    row.countersignature?.at ?? '',
    row.eventId,
  ];
}

function addExportRoute(app: CollectorApp, deps: Dependencies): void {
  async function* writeLines(schoolId: string, filter: AcknowledgementFilter, words: ConsoleTranslator) {
    yield `${byteOrderMark}${writeCsvLine(headingsOf(words))}`;
    const repository = deps.consoleAcknowledgementsOf(schoolId);
    for (let cursor: string | undefined; ; ) {
      const query = { ...filter, sort: 'arrived', cursor } as const;
      const page = await repository.page(query, rowsPerExportPage);
      for (const stored of page.items) {
        yield writeCsvLine(cellsOf(await toConsoleRow(stored, deps.policies), words));
      }
      if (page.next === undefined) return;
      cursor = page.next;
    }
  }

  app.get(
    '/api/acknowledgements.csv',
    {
      exposeHeadRoute: false,
      config: { act: 'acknowledgements:export' },
      schema: { ...hidden, querystring: filterSchema.extend({ lang: languageSchema.default('en-GB') }) },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { lang, ...filter } = request.query;
      await deps.audit.note({
        schoolId,
        actor,
        act: 'acknowledgements-exported',
        subject: 'acknowledgements',
        // The words that were searched for may be a name; the other filters are not.
        detail: JSON.stringify({ ...filter, ...(filter.search === undefined ? {} : { search: '…' }) }),
      });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="acknowledgements.csv"')
        .send(Readable.from(writeLines(schoolId, filter, createConsoleTranslator(lang))));
    },
  );
}
