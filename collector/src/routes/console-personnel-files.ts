/** Files of acknowledgements: a PDF for the personnel file, the signed evidence, and jobs that make many PDFs. */
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { jobListSchema, jobSchema, newJobSchema } from '../../../shared/console/personnel-files.ts';
import { createConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import { languageSchema } from '../../../shared/lib/language.ts';
import type { CollectorApp } from '../collector-app.ts';
import { CollectorError } from '../collector-error.ts';
import type { PersonnelJobs } from '../personnel-file/jobs.ts';
import { fileNameOf } from '../personnel-file/personnel-file.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AuditRepository } from '../repositories/audit.ts';
import type { ConsoleAcknowledgementRepository } from '../repositories/console-acknowledgements.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { readRecord } from './console-record.ts';

const hidden = { hide: true } as const;
const config = { act: 'acknowledgements:export' } as const;
const unknownRecord = 'Your school has no such acknowledgement.';
const unknownJob = 'Your school has no such job.';

interface Dependencies {
  readonly audit: AuditRepository;
  readonly consoleAcknowledgementsOf: (schoolId: string) => ConsoleAcknowledgementRepository;
  /** The signed evidence of one acknowledgement; rejects with CollectorError while the log does not hold it. */
  readonly makeBundle: (eventId: string) => Promise<unknown>;
  readonly personnelJobs: PersonnelJobs;
  readonly policies: PolicyRepository;
}

const attachment = (name: string): string =>
  `attachment; filename="${name.replaceAll(/[^ -~]|["\\%]/gu, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;

export function addConsolePersonnelFileRoutes(app: CollectorApp, deps: Dependencies): void {
  addRecordFileRoutes(app, deps);
  addJobRoutes(app, deps);
}

function addRecordFileRoutes(app: CollectorApp, deps: Dependencies): void {
  const params = z.object({ eventId: z.string().max(128) });

  app.get(
    '/api/acknowledgements/:eventId/personnel-file',
    {
      exposeHeadRoute: false,
      config,
      schema: { ...hidden, params, querystring: z.object({ lang: languageSchema.default('en-GB') }) },
    },
    async (request, reply) => {
      const { schoolId, schoolName, actor } = sessionOf(request);
      const { eventId } = request.params;
      const record = await readRecord(deps, schoolId, eventId);
      if (record === undefined) return sendProblem(reply, 404, unknownRecord);
      const { lang: language } = request.query;
      const pdf = await deps.personnelJobs.makeOne(record, { language, schoolName });
      const subject = `acknowledgement:${eventId}`;
      await deps.audit.note({ schoolId, actor, act: 'personnel-file-made', subject, detail: language });
      const name = fileNameOf(record, createConsoleTranslator(language), new Set());
      return reply
        .header('content-type', 'application/pdf')
        .header('content-disposition', attachment(name))
        .send(pdf);
    },
  );

  app.get(
    '/api/acknowledgements/:eventId/evidence',
    { exposeHeadRoute: false, config, schema: { ...hidden, params } },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { eventId } = request.params;
      const record = await readRecord(deps, schoolId, eventId);
      if (record === undefined) return sendProblem(reply, 404, unknownRecord);
      try {
        const bundle = await deps.makeBundle(eventId);
        const subject = `acknowledgement:${eventId}`;
        await deps.audit.note({ schoolId, actor, act: 'evidence-exported', subject, detail: '' });
        return await reply
          .header('content-type', 'application/json; charset=utf-8')
          .header('content-disposition', attachment(`evidence-${eventId}.json`))
          .send(`${JSON.stringify(bundle, undefined, 2)}\n`);
      } catch (error) {
        if (error instanceof CollectorError) return sendProblem(reply, 409, error.message);
        throw error;
      }
    },
  );
}

function addJobRoutes(app: CollectorApp, { audit, personnelJobs }: Dependencies): void {
  const params = z.object({ jobId: z.string().max(64) });

  app.get(
    '/api/personnel-files',
    { config, schema: { ...hidden, response: { 200: jobListSchema } } },
    async (request) => ({ items: [...(await personnelJobs.list(sessionOf(request).schoolId))] }),
  );

  app.post(
    '/api/personnel-files',
    {
      config,
      schema: {
        ...hidden,
        body: newJobSchema,
        response: { 201: jobSchema, ...problemResponses([404, 409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, schoolName, actor } = sessionOf(request);
      const job = await personnelJobs.add({ ...request.body, schoolId, schoolName });
      if (job === 'too-many') return sendProblem(reply, 409, 'Five jobs wait already.');
      if (job === 'nothing') return sendProblem(reply, 404, 'No acknowledgement matches this filter.');
      const { filter, form } = request.body;
      const search = filter.search === undefined ? {} : { search: '…' };
      const detail = JSON.stringify({ ...filter, ...search, form });
      await audit.note({ schoolId, actor, act: 'personnel-files-started', subject: job.jobId, detail });
      return reply.code(201).send(job);
    },
  );

  app.get(
    '/api/personnel-files/:jobId/file',
    { exposeHeadRoute: false, config, schema: { ...hidden, params } },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { jobId } = request.params;
      const made = await personnelJobs.fileOf(schoolId, jobId);
      if (made === undefined) return sendProblem(reply, 404, unknownJob);
      await audit.note({ schoolId, actor, act: 'personnel-files-downloaded', subject: jobId, detail: '' });
      return reply
        .header('content-type', made.form === 'zip' ? 'application/zip' : 'application/pdf')
        .header('content-disposition', attachment(`personnel-files.${made.form}`))
        .send(createReadStream(made.file));
    },
  );

  app.delete(
    '/api/personnel-files/:jobId',
    { config, schema: { ...hidden, params, response: { 204: noContent, ...problemResponses([404]) } } },
    async (request, reply) => {
      const isDone = await personnelJobs.remove(sessionOf(request).schoolId, request.params.jobId);
      return isDone ? reply.code(204).send() : sendProblem(reply, 404, unknownJob);
    },
  );
}
