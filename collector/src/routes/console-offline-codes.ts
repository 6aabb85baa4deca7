/** Codes that approve a device by telephone, on the page of the PC. */
import { z } from 'zod';
import {
  issuedOfflineCodeSchema,
  newOfflineCodeSchema,
  offlineCodeListSchema,
} from '../../../shared/console/offline-codes.ts';
import { readDeviceNumber } from '../../../shared/device/offline-code.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { OfflineCodeRepository } from '../repositories/offline-codes.ts';
import { showText } from '../show-text.ts';

const hidden = { hide: true } as const;
const config = { act: 'media:manage' } as const;
const params = z.object({ agentId: z.string().max(64) });

export function addConsoleOfflineCodeRoutes(
  app: CollectorApp,
  { offlineCodes }: { readonly offlineCodes: OfflineCodeRepository },
): void {
  app.get(
    '/api/pcs/:agentId/offline-codes',
    { config, schema: { ...hidden, params, response: { 200: offlineCodeListSchema } } },
    async (request) => {
      const issued = await offlineCodes.list(sessionOf(request).schoolId, request.params.agentId);
      const items = issued.map((one) => ({
        ...one,
        reason: showText(one.reason),
        issuedBy: showText(one.issuedBy),
      }));
      return { items };
    },
  );

  app.post(
    '/api/pcs/:agentId/offline-codes',
    {
      config,
      schema: {
        ...hidden,
        params,
        body: newOfflineCodeSchema,
        response: { 201: issuedOfflineCodeSchema, ...problemResponses([400, 404, 409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor, account } = sessionOf(request);
      const deviceNumber = readDeviceNumber(request.body.deviceNumber);
      if (deviceNumber === undefined) return sendProblem(reply, 400, 'The device number was mistyped.');
      const issued = await offlineCodes.issue(
        { schoolId, actor, issuedBy: account?.name ?? '' },
        { ...request.body, agentId: request.params.agentId, deviceNumber },
      );
      if (issued === 'no-such-pc') {
        return sendProblem(reply, 404, 'Your school has no such PC that may report.');
      }
      if (issued === 'must-connect') {
        return sendProblem(reply, 409, 'This PC must reach the collector before it can take another code.');
      }
      return reply.code(201).send(issued);
    },
  );
}
