/** The PCs of a school in the console: the list, one PC, what a technician decides about it, and the list as CSV. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  type Pc,
  type PcRecord,
  pcChangeSchema,
  pcExportQuerySchema,
  pcPageSchema,
  pcQuerySchema,
  pcRecordSchema,
} from '../../../shared/console/pcs.ts';
import { type ConsoleTranslator, createConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import type { CollectorApp } from '../collector-app.ts';
import { byteOrderMark, writeCsvLine } from '../csv.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AgentRepository, AgentState } from '../repositories/agents.ts';
import type { AuditRepository } from '../repositories/audit.ts';
import type { PcRepository } from '../repositories/pcs.ts';
import { showText } from '../show-text.ts';

const rowsPerPage = 50;
const rowsPerExportPage = 500;
const hidden = { hide: true } as const;
const params = z.object({ agentId: z.string().max(64) });
const unknownPc = 'Your school has no such PC.';

interface Dependencies {
  readonly agents: AgentRepository;
  readonly audit: AuditRepository;
  readonly pcsOf: (schoolId: string) => PcRepository;
}

function showPc(pc: Pc): Pc {
  return {
    ...pc,
    hostname: showText(pc.hostname),
    label: showText(pc.label),
    account: showText(pc.account),
    os: showText(pc.os),
    agentVersion: showText(pc.agentVersion),
  };
}

function showPcRecord(pc: PcRecord): PcRecord {
  return {
    ...pc,
    ...showPc(pc),
    capabilities: pc.capabilities.map((one) => ({
      ...one,
      name: showText(one.name),
      reason: showText(one.reason),
    })),
    faultList: pc.faultList.map((one) => ({
      at: one.at,
      fault: showText(one.fault),
      subject: showText(one.subject),
      reason: showText(one.reason),
    })),
    forkList: pc.forkList.map((one) => ({ ...one, type: showText(one.type) })),
  };
}

export function addConsolePcRoutes(app: CollectorApp, deps: Dependencies): void {
  const { agents, pcsOf } = deps;
  app.get(
    '/api/pcs',
    {
      config: { act: 'pcs:read' },
      schema: { ...hidden, querystring: pcQuerySchema, response: { 200: pcPageSchema } },
    },
    async (request) => {
      const page = await pcsOf(sessionOf(request).schoolId).page(request.query, rowsPerPage);
      return { ...page, items: page.items.map(showPc) };
    },
  );

  app.get(
    '/api/pcs/:agentId',
    {
      config: { act: 'pcs:read' },
      schema: { ...hidden, params, response: { 200: pcRecordSchema, ...problemResponses([404]) } },
    },
    async (request, reply) => {
      const found = await pcsOf(sessionOf(request).schoolId).find(request.params.agentId);
      return found === undefined ? sendProblem(reply, 404, unknownPc) : showPcRecord(found);
    },
  );

  app.patch(
    '/api/pcs/:agentId',
    {
      config: { act: 'pcs:manage' },
      schema: {
        ...hidden,
        params,
        body: pcChangeSchema,
        response: { 204: noContent, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const isKnown = await agents.rename(schoolId, request.params.agentId, request.body.label, actor);
      return isKnown ? reply.code(204).send() : sendProblem(reply, 404, unknownPc);
    },
  );

  addDecision(app, deps, { verb: 'approve', to: 'active', from: ['waiting'] });
  addDecision(app, deps, { verb: 'expel', to: 'expelled', from: ['active', 'waiting'] });
  addExportRoute(app, deps);
}

function addDecision(
  app: CollectorApp,
  { agents, pcsOf }: Dependencies,
  decision: { readonly verb: string; readonly to: AgentState; readonly from: readonly AgentState[] },
): void {
  app.post(
    `/api/pcs/:agentId/${decision.verb}`,
    {
      config: { act: 'pcs:manage' },
      schema: { ...hidden, params, response: { 204: noContent, ...problemResponses([404, 409]) } },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { agentId } = request.params;
      if (await agents.decide({ schoolId, actor }, agentId, decision.to, decision.from)) {
        return reply.code(204).send();
      }
      return (await pcsOf(schoolId).find(agentId)) === undefined
        ? sendProblem(reply, 404, unknownPc)
        : sendProblem(reply, 409, 'Another technician has decided about this PC meanwhile.');
    },
  );
}

function headingsOf({ text }: ConsoleTranslator): readonly string[] {
  return [
    text('console.pc'),
    text('console-pcs.label'),
    text('console-pcs.account'),
    text('console.pcs.state'),
    text('console.pcs.lastSeen'),
    text('console-pcs.enrolled'),
    text('console.pcs.version'),
    text('console-pcs.os'),
    text('console.pcs.queue'),
    text('console.pcs.secondsToGate'),
    text('console-pcs.faultsThisWeek'),
    text('console-pcs.missingEvents'),
    text('console-pcs.forkedEvents'),
    text('console-pcs.id'),
  ];
}

function cellsOf(pc: Pc, { text }: ConsoleTranslator): readonly string[] {
  return [
    pc.hostname,
    pc.label,
    pc.account,
    text(`console-pcs.state.${pc.state}`),
    pc.lastSeenAt,
    pc.enrolledAt,
    pc.agentVersion,
    pc.os,
    String(pc.queueLength ?? ''),
    String(pc.secondsToGate ?? ''),
    String(pc.faults),
    String(pc.missingEvents),
    String(pc.forkedEvents),
    pc.agentId,
  ];
}

function addExportRoute(app: CollectorApp, { audit, pcsOf }: Dependencies): void {
  async function* writeLines(
    schoolId: string,
    { lang, ...filter }: z.infer<typeof pcExportQuerySchema>,
  ): AsyncGenerator<string> {
    const words = createConsoleTranslator(lang);
    yield `${byteOrderMark}${writeCsvLine(headingsOf(words))}`;
    for (let cursor: string | undefined; ; ) {
      const page = await pcsOf(schoolId).page({ ...filter, sort: 'name', cursor }, rowsPerExportPage);
      for (const pc of page.items) yield writeCsvLine(cellsOf(showPc(pc), words));
      if (page.next === undefined) return;
      cursor = page.next;
    }
  }

  app.get(
    '/api/pcs.csv',
    {
      exposeHeadRoute: false,
      config: { act: 'pcs:manage' },
      schema: { ...hidden, querystring: pcExportQuerySchema },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { state = 'all', search } = request.query;
      // The words that were searched for may be a name.
      const detail = JSON.stringify({ state, ...(search === undefined ? {} : { search: '…' }) });
      await audit.note({ schoolId, actor, act: 'pcs-exported', subject: 'pcs', detail });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="pcs.csv"')
        .send(Readable.from(writeLines(schoolId, request.query)));
    },
  );
}
