/** Puts the collector's web application together from its repositories. */
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { Passwords } from './access/passwords.ts';
import type { CollectorApp } from './collector-app.ts';
import { type BareAppOptions, createBareApp } from './edge/bare-app.ts';
import type { InstallerFolder } from './installers/list-installers.ts';
import type { PersonnelJobs } from './personnel-file/jobs.ts';
import { createAgentAuthentication } from './plugins/agent-authentication.ts';
import { addConsoleGuard } from './plugins/console-session.ts';
import { addLogHeaders } from './plugins/log-headers.ts';
import { addRequestCounting, type Metrics } from './plugins/metrics.ts';
import { addPressureLimit } from './plugins/pressure.ts';
import { addProblems } from './plugins/problems.ts';
import type { AcknowledgementRepository } from './repositories/acknowledgements.ts';
import type { AgentRepository } from './repositories/agents.ts';
import type { AuditRepository } from './repositories/audit.ts';
import type { ConsoleAccessRepository } from './repositories/console-access.ts';
import type { ConsoleAccountRepository } from './repositories/console-accounts.ts';
import type { ConsoleAcknowledgementRepository } from './repositories/console-acknowledgements.ts';
import type { CountersignatureRepository } from './repositories/countersignatures.ts';
import type { EventRepository } from './repositories/events.ts';
import type { HealthRepository } from './repositories/health.ts';
import type { LogRepository } from './repositories/log.ts';
import type { MediaConsoleRepository } from './repositories/media-console.ts';
import type { MediaRegisterRepository } from './repositories/media-register.ts';
import type { OfflineCodeRepository } from './repositories/offline-codes.ts';
import type { OverviewRepository } from './repositories/overview.ts';
import type { PcRepository } from './repositories/pcs.ts';
import type { PolicyRepository } from './repositories/policies.ts';
import type { PolicyCountRepository } from './repositories/policy-counts.ts';
import { addAcknowledgementRoutes } from './routes/acknowledgements.ts';
import { addAgentRoutes } from './routes/agents.ts';
import { addConsoleAccountRoutes } from './routes/console-accounts.ts';
import { addConsoleAcknowledgementRoutes } from './routes/console-acknowledgements.ts';
import { addConsoleCountersignRoutes } from './routes/console-countersign.ts';
import { addConsoleEnrolmentRoutes } from './routes/console-enrolment.ts';
import { addConsoleMediaRoutes } from './routes/console-media.ts';
import { addConsoleOfflineCodeRoutes } from './routes/console-offline-codes.ts';
import { addConsoleOverviewRoute } from './routes/console-overview.ts';
import { addConsoleOwnAccountRoutes } from './routes/console-own-account.ts';
import { addConsolePageRoutes, readBuiltConsole } from './routes/console-page.ts';
import { addConsolePcRoutes } from './routes/console-pcs.ts';
import { addConsolePeopleRoutes, type PeopleDependencies } from './routes/console-people.ts';
import { addConsolePersonnelFileRoutes } from './routes/console-personnel-files.ts';
import { addConsolePolicyRoutes } from './routes/console-policies.ts';
import { addConsoleRosterRoutes } from './routes/console-roster.ts';
import { addConsoleSessionRoutes } from './routes/console-session.ts';
import { addConsoleStreamRoute } from './routes/console-stream.ts';
import { addEventRoutes } from './routes/events.ts';
import { addAliveRoute, addMonitoringRoutes, type MonitoringDependencies } from './routes/health.ts';
import { addLogRoutes } from './routes/log.ts';
import { addMediaRegisterRoute } from './routes/media-register.ts';
import { addOpenApiRoute, describeRoute } from './routes/open-api.ts';
import { addPolicyRoutes } from './routes/policies.ts';
import type { StandingFaults } from './standing-faults.ts';

/** Requests per minute: by agent for an agent's requests, else by address. */
export interface RequestLimits {
  readonly enrolmentsPerMinute: number;
  readonly batchesPerMinute: number;
  readonly questionsPerMinute: number;
}

/** A whole school may share one address, so these limits only stop a program that loops. */
export const defaultRequestLimits: RequestLimits = {
  enrolmentsPerMinute: 1200,
  batchesPerMinute: 600,
  questionsPerMinute: 6000,
};

export interface AppDependencies {
  readonly acknowledgementsOf: (schoolId: string) => AcknowledgementRepository;
  readonly agents: AgentRepository;
  readonly audit: AuditRepository;
  readonly consoleAccess: ConsoleAccessRepository;
  readonly edge: BareAppOptions;
  readonly consoleAccounts: ConsoleAccountRepository;
  readonly consoleAcknowledgementsOf: (schoolId: string) => ConsoleAcknowledgementRepository;
  readonly countersignaturesOf: (schoolId: string) => CountersignatureRepository;
  /** The folder of the built console. */
  readonly consoleDirectory: string;
  readonly events: EventRepository;
  readonly faults: StandingFaults;
  readonly health: HealthRepository;
  readonly installers: InstallerFolder;
  readonly logRepository: LogRepository;
  /** Undefined where `/metrics` and `/readyz` have a port of their own. */
  readonly checkMonitoringAccess: MonitoringDependencies['checkAccess'] | undefined;
  readonly overviewOf: (schoolId: string) => OverviewRepository;
  readonly rosterOf: PeopleDependencies['rosterOf'];
  readonly personHistoryOf: PeopleDependencies['personHistoryOf'];
  readonly makeBundle: (eventId: string) => Promise<unknown>;
  readonly passwords: Passwords;
  readonly personnelJobs: PersonnelJobs;
  readonly mediaConsoleOf: (schoolId: string) => MediaConsoleRepository;
  readonly offlineCodes: OfflineCodeRepository;
  readonly mediaRegisterOf: (schoolId: string) => MediaRegisterRepository;
  readonly metrics: Metrics;
  readonly pcsOf: (schoolId: string) => PcRepository;
  readonly policies: PolicyRepository;
  readonly policyCountsOf: (schoolId: string) => PolicyCountRepository;
  readonly publicUrl: string | undefined;
  readonly limits: RequestLimits;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

export async function buildApp(deps: AppDependencies): Promise<CollectorApp> {
  const bare = await createBareApp(deps.edge);
  const app: CollectorApp = bare.withTypeProvider();

  const { metrics } = deps;
  addRequestCounting(bare, metrics);
  await addPressureLimit(bare);
  await bare.register(cookie);
  await bare.register(rateLimit, { global: false });
  await bare.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Porthor collector',
        version: '1.0.0',
        description:
          'Takes what agents report and answers what people have accepted. Anyone may implement it.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          agentToken: { type: 'http', scheme: 'bearer', description: 'The token that enrolling gave' },
        },
      },
    },
    transform: describeRoute,
  });
  const problems = addProblems(bare, deps.log);
  addConsoleGuard(app, deps.consoleAccess);

  const authenticate = createAgentAuthentication(bare, deps.agents);
  addLogHeaders(bare, deps.logRepository);
  addAgentRoutes(app, { ...deps, ...deps.limits });
  await addEventRoutes(app, { ...deps, ...deps.limits, authenticate, metrics });
  addAcknowledgementRoutes(app, { ...deps, ...deps.limits, authenticate });
  addMediaRegisterRoute(app, { ...deps, ...deps.limits, authenticate });
  addPolicyRoutes(app, { ...deps, ...deps.limits });
  addLogRoutes(app, { ...deps, ...deps.limits });
  addAliveRoute(app);
  if (deps.checkMonitoringAccess !== undefined) {
    addMonitoringRoutes(app, { ...deps, checkAccess: deps.checkMonitoringAccess });
  }
  addOpenApiRoute(app);
  addConsoleSessionRoutes(app, deps);
  addConsoleOwnAccountRoutes(app, deps);
  addConsoleAccountRoutes(app, deps);
  addConsoleOverviewRoute(app, deps);
  addConsoleAcknowledgementRoutes(app, deps);
  addConsoleCountersignRoutes(app, deps);
  addConsolePersonnelFileRoutes(app, deps);
  addConsolePolicyRoutes(app, deps);
  addConsoleStreamRoute(app, deps);
  addConsolePeopleRoutes(app, deps);
  addConsoleRosterRoutes(app, deps);
  addConsolePcRoutes(app, deps);
  addConsoleEnrolmentRoutes(app, deps);
  addConsoleMediaRoutes(app, deps);
  addConsoleOfflineCodeRoutes(app, deps);
  addConsolePageRoutes(app, await readBuiltConsole(deps.consoleDirectory));
  problems.answerOtherMethods();
  return app;
}
