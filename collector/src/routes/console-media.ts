/** Removable media in the console: the device register, requests for approval, and what PCs have seen. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  endOfEntrySchema,
  type MediaRequest,
  mediaEntryPageSchema,
  mediaRequestListSchema,
  newMediaEntrySchema,
  registerQuerySchema,
  requestApprovalSchema,
  requestRefusalSchema,
  seenDeviceListSchema,
} from '../../../shared/console/media.ts';
import { serialQuality } from '../../../shared/device/serial-number.ts';
import { calendarDateAt, formatCalendarDate } from '../../../shared/policy/school-calendar.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { OpenSession } from '../repositories/console-access.ts';
import type { MediaConsoleRepository } from '../repositories/media-console.ts';
import type { ApproveProblem, MediaRegisterRepository } from '../repositories/media-register.ts';
import { showText } from '../show-text.ts';

const hidden = { hide: true } as const;
const reading = { act: 'media:read' } as const;
const managing = { act: 'media:manage' } as const;
const rowsPerPage = 50;
const mostRequests = 200;
const done = z.object({});

interface Dependencies {
  readonly mediaRegisterOf: (schoolId: string) => MediaRegisterRepository;
  readonly mediaConsoleOf: (schoolId: string) => MediaConsoleRepository;
  readonly now: () => Date;
}

type StoredRequest = Awaited<ReturnType<MediaRegisterRepository['listRequests']>>[number];

function approvableAs({ vendorId, productId, serial }: StoredRequest): MediaRequest['approvable'] {
  if (vendorId === '' || productId === '') return 'never';
  return serialQuality(serial) === 'good' ? 'serial' : 'model';
}

function showRequest(request: StoredRequest): MediaRequest {
  return {
    ...request,
    serial: showText(request.serial),
    deviceName: showText(request.deviceName),
    reason: showText(request.reason),
    account: showText(request.account),
    hostname: showText(request.hostname),
    approvable: approvableAs(request),
  };
}

/** The page has a sentence for each of these words. */
function sendRefused(reply: FastifyReply, problem: ApproveProblem): FastifyReply {
  return sendProblem(reply, problem === 'no-such-request' ? 404 : 409, problem);
}

/** The last second of the day in UTC: in summer an hour more at the school, never less. */
function expiryOf(until: string | null): string | undefined {
  return until === null ? undefined : `${until}T23:59:59Z`;
}

function isOver(until: string | null, now: Date): boolean {
  return until !== null && until < formatCalendarDate(calendarDateAt(now));
}

const dayIsOver = 'The last day of the approval is over; nothing would be approved.';

/** What the sender of a request reads; empty for a session without an account. */
const nameOf = ({ account }: OpenSession): string => account?.name ?? '';

export function addConsoleMediaRoutes(app: CollectorApp, deps: Dependencies): void {
  addRegisterRoutes(app, deps);
  addRequestRoutes(app, deps);
  app.get(
    '/api/media/seen',
    { config: reading, schema: { ...hidden, response: { 200: seenDeviceListSchema } } },
    async (request) => {
      const devices = await deps.mediaConsoleOf(sessionOf(request).schoolId).seen();
      const items = devices.map((one) => ({
        ...one,
        serial: showText(one.serial),
        name: showText(one.name),
        pcs: one.pcs.map((pc) => ({ ...pc, hostname: showText(pc.hostname) })),
      }));
      return { items };
    },
  );
}

function addRegisterRoutes(app: CollectorApp, { mediaRegisterOf, mediaConsoleOf, now }: Dependencies): void {
  app.get(
    '/api/media/register',
    {
      config: reading,
      schema: { ...hidden, querystring: registerQuerySchema, response: { 200: mediaEntryPageSchema } },
    },
    async (request) => {
      const page = await mediaConsoleOf(sessionOf(request).schoolId).page(request.query, rowsPerPage);
      const items = page.items.map((one) => ({
        ...one,
        ...(one.serial === undefined ? {} : { serial: showText(one.serial) }),
        label: showText(one.label),
        issuedTo: showText(one.issuedTo),
      }));
      return { ...page, items };
    },
  );

  app.post(
    '/api/media/register',
    {
      config: managing,
      schema: {
        ...hidden,
        body: newMediaEntrySchema,
        response: { 201: done, ...problemResponses([400, 404, 409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { serial, until, ...entry } = request.body;
      if (isOver(until, now())) return sendProblem(reply, 400, dayIsOver);
      const added = await mediaRegisterOf(schoolId).add(
        { ...entry, serial: serial === '' ? undefined : serial, expiresAt: expiryOf(until) },
        actor,
      );
      return added.ok ? reply.code(201).send({}) : sendRefused(reply, added.error);
    },
  );

  app.post(
    '/api/media/register/:entryId/end',
    {
      config: managing,
      schema: {
        ...hidden,
        params: z.object({ entryId: z.string().max(64) }),
        body: endOfEntrySchema,
        response: { 204: noContent, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const isKnown = await mediaRegisterOf(schoolId).markReturned(request.params.entryId, {
        isLost: request.body.how === 'lost',
        actor,
      });
      return isKnown
        ? reply.code(204).send()
        : sendProblem(reply, 404, 'No device of your school with that id is out.');
    },
  );
}

function addRequestRoutes(app: CollectorApp, { mediaRegisterOf, now }: Dependencies): void {
  const params = z.object({ eventId: z.string().max(128) });
  app.get(
    '/api/media/requests',
    { config: reading, schema: { ...hidden, response: { 200: mediaRequestListSchema } } },
    async (request) => {
      const requests = await mediaRegisterOf(sessionOf(request).schoolId).listRequests(mostRequests);
      return { items: requests.map(showRequest) };
    },
  );

  app.post(
    '/api/media/requests/:eventId/approve',
    {
      config: managing,
      schema: {
        ...hidden,
        params,
        body: requestApprovalSchema,
        response: { 204: noContent, ...problemResponses([404, 409]) },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request);
      const { until, ...approval } = request.body;
      if (isOver(until, now())) return sendProblem(reply, 400, dayIsOver);
      const approved = await mediaRegisterOf(session.schoolId).approve(
        request.params.eventId,
        { ...approval, expiresAt: expiryOf(until), decidedBy: nameOf(session) },
        session.actor,
      );
      // An earlier approval of the same device answers this request too.
      if (approved.ok || approved.error === 'already-there') return reply.code(204).send();
      return sendRefused(reply, approved.error);
    },
  );

  app.post(
    '/api/media/requests/:eventId/refuse',
    {
      config: managing,
      schema: {
        ...hidden,
        params,
        body: requestRefusalSchema,
        response: { 204: noContent, ...problemResponses([404, 409]) },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request);
      const refusal = { ...request.body, decidedBy: nameOf(session) };
      const isOpen = await mediaRegisterOf(session.schoolId).refuse(
        request.params.eventId,
        refusal,
        session.actor,
      );
      return isOpen ? reply.code(204).send() : sendRefused(reply, 'no-such-request');
    },
  );
}
