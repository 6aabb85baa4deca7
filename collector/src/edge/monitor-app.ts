/** The application on the port for monitoring: `/healthz`, `/readyz` and `/metrics`. */
import type { CollectorApp } from '../collector-app.ts';
import { addProblems } from '../plugins/problems.ts';
import { addAliveRoute, addMonitoringRoutes, type MonitoringDependencies } from '../routes/health.ts';
import { type BareAppOptions, createBareApp } from './bare-app.ts';

export async function buildMonitorApp(
  edge: BareAppOptions,
  deps: MonitoringDependencies & { readonly log: (line: string) => void },
): Promise<CollectorApp> {
  const bare = await createBareApp(edge);
  const problems = addProblems(bare, deps.log);
  const app: CollectorApp = bare.withTypeProvider();
  addAliveRoute(app);
  addMonitoringRoutes(app, deps);
  problems.answerOtherMethods();
  return app;
}
