/** The PCs of a school in the console. */
import { pcPageSchema, pcQuerySchema } from '../../../shared/console/pcs.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import type { PcRepository } from '../repositories/pcs.ts';
import { showText } from '../show-text.ts';

const rowsPerPage = 50;

export function addConsolePcRoutes(
  app: CollectorApp,
  { pcsOf }: { readonly pcsOf: (schoolId: string) => PcRepository },
): void {
  app.get(
    '/api/pcs',
    {
      config: { act: 'pcs:read' },
      schema: { hide: true, querystring: pcQuerySchema, response: { 200: pcPageSchema } },
    },
    async (request) => {
      const page = await pcsOf(sessionOf(request).schoolId).page(request.query, rowsPerPage);
      const items = page.items.map((pc) => ({
        ...pc,
        hostname: showText(pc.hostname),
        label: showText(pc.label),
        account: showText(pc.account),
        os: showText(pc.os),
        agentVersion: showText(pc.agentVersion),
      }));
      return { ...page, items };
    },
  );
}
