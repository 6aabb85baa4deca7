/** Acknowledgements in the console: a filtered list, one record with its proof, and the list as CSV. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  type AcknowledgementFilter,
  type AcknowledgementRow,
  type CountersignatureView,
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
import type {
  ConsoleAcknowledgementRepository,
  StoredAcknowledgement,
} from '../repositories/console-acknowledgements.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { showText } from '../show-text.ts';

const hidden = { hide: true } as const;
const rowsPerPage = 50;
const rowsPerExportPage = 500;
const goodSignatures = new Set(['valid', 'unbound', 'unchecked']);

/** One acknowledgement as the console shows it. A missing pack loses only the title. */
export async function toConsoleRow(
  stored: StoredAcknowledgement,
  policies: PolicyRepository,
): Promise<AcknowledgementRow> {
  const { evidence, standing, accountName, accountDomain, countersignature, ...row } = stored;
  const pack = await policies.find(row.policyId, row.policyVersion).catch(() => undefined);
  return {
    position: row.position,
    eventId: row.eventId,
    action: row.action,
    policyId: row.policyId,
    policyVersion: row.policyVersion,
    ...(pack === undefined ? {} : { policyTitle: pack.manifest.title }),
    language: row.language,
    decidedAt: row.decidedAt,
    fullName: showText(row.fullName),
    jobRole: showText(row.jobRole),
    account: showText(accountDomain === '' ? accountName : `${accountDomain}\\${accountName}`),
    hostname: showText(row.hostname),
    signature: evidence === 'missing' ? 'missing' : goodSignatures.has(evidence) ? 'valid' : 'wrong',
    counts: standing === 'counts',
    ...(countersignature === undefined
      ? {}
      : { countersignature: { by: showText(countersignature.signatory), at: countersignature.signedAt } }),
  };
}

type Found = NonNullable<Awaited<ReturnType<ConsoleAcknowledgementRepository['find']>>>;

function showCountersignature(one: Found['countersignatures'][number]): CountersignatureView {
  const { withdrawnAt, withdrawnName, reason } = one;
  const withdrawn =
    withdrawnAt === null
      ? {}
      : { withdrawn: { by: showText(withdrawnName ?? ''), at: withdrawnAt, reason: showText(reason ?? '') } };
  return { id: one.id, by: showText(one.signatory), at: one.signedAt, ...withdrawn, log: one.log };
}

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
      const { schoolId } = sessionOf(request);
      const found = await consoleAcknowledgementsOf(schoolId).find(request.params.eventId);
      if (found === undefined) return sendProblem(reply, 404, 'Your school has no such acknowledgement.');
      const { row, data, receivedAt, log, countersignatures } = found;
      const pack = await policies.find(row.policyId, row.policyVersion).catch(() => undefined);
      // Only the text with the very hash that was signed.
      const text = pack?.textSha256[row.language] === row.textSha256 ? pack.texts[row.language] : undefined;
      return {
        ...(await toConsoleRow(row, policies)),
        receivedAt,
        textSha256: row.textSha256,
        statements: (data?.statements ?? []).map((one) => ({ text: one.text, ticked: one.ticked })),
        ...(text === undefined ? {} : { text }),
        agentVersion: data?.agentVersion ?? '',
        log,
        countersignatures: countersignatures.map(showCountersignature),
      };
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
