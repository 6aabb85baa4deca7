/** The figures of a school: the console's start page and the leadership's page. */
import { overviewSchema } from '../../../shared/console/overview.ts';
import type { CollectorApp } from '../collector-app.ts';
import { readOverview } from '../overview.ts';
import { sessionOf } from '../plugins/console-session.ts';
import type { OverviewRepository } from '../repositories/overview.ts';
import type { PolicyRepository } from '../repositories/policies.ts';

export function addConsoleOverviewRoute(
  app: CollectorApp,
  deps: {
    readonly overviewOf: (schoolId: string) => OverviewRepository;
    readonly policies: PolicyRepository;
    readonly now: () => Date;
  },
): void {
  app.get(
    '/api/overview',
    { config: { act: 'overview:read' }, schema: { hide: true, response: { 200: overviewSchema } } },
    async (request) =>
      readOverview({
        repository: deps.overviewOf(sessionOf(request).schoolId),
        packs: await deps.policies.all(),
        now: deps.now(),
      }),
  );
}
