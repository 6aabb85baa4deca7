/** Starts a collector in this process, and closes it in order. */
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import { createPasswords } from './access/passwords.ts';
import { buildApp, defaultRequestLimits, type RequestLimits } from './app.ts';
import type { CollectorApp } from './collector-app.ts';
import { CollectorError } from './collector-error.ts';
import type { EdgeOptions } from './edge/edge-options.ts';
import { buildMonitorApp } from './edge/monitor-app.ts';
import { createMonitoringAccess } from './edge/monitoring-access.ts';
import { prepareEdge } from './edge/prepare-edge.ts';
import { makeBundle } from './evidence/make-bundle.ts';
import { createInstallerFolder } from './installers/list-installers.ts';
import { type LogKey, readLogKey } from './log/checkpoint.ts';
import { readKeyOf, readOrCreateLogKey } from './log/key-file.ts';
import { signLogReceipt } from './log/receipt.ts';
import { type Sequencer, startSequencer } from './log/sequencer.ts';
import { watchAnchor } from './log/watch-anchor.ts';
import { openPersonnelJobs } from './personnel-file/open-jobs.ts';
import { createMetrics, type DatabaseGauges } from './plugins/metrics.ts';
import { watchRetention } from './privacy/watch-retention.ts';
import {
  type AcknowledgementRecord,
  createAcknowledgementRepository,
} from './repositories/acknowledgements.ts';
import { type AgentRepository, createAgentRepository } from './repositories/agents.ts';
import { createAuditRepository } from './repositories/audit.ts';
import { createConsoleAccessRepository } from './repositories/console-access.ts';
import { createConsoleAccountRepository } from './repositories/console-accounts.ts';
import { createConsoleAcknowledgementRepository } from './repositories/console-acknowledgements.ts';
import { createCountersignatureRepository } from './repositories/countersignatures.ts';
import { createEventRepository, type EventRepository, type SequenceGap } from './repositories/events.ts';
import { createHealthRepository } from './repositories/health.ts';
import { createLogRepository, type LogRepository } from './repositories/log.ts';
import { createMediaConsoleRepository } from './repositories/media-console.ts';
import {
  createMediaRegisterRepository,
  type MediaRegisterRepository,
} from './repositories/media-register.ts';
import { createOfflineCodeRepository } from './repositories/offline-codes.ts';
import { createOverviewRepository } from './repositories/overview.ts';
import { createPcRepository } from './repositories/pcs.ts';
import { createPersonHistoryRepository } from './repositories/person-history.ts';
import { createPolicyRepository, type PolicyRepository, publishedFolder } from './repositories/policies.ts';
import { createPolicyCountRepository } from './repositories/policy-counts.ts';
import { savePublicUrl } from './repositories/public-url.ts';
import { createPublishedTextRepository } from './repositories/published-texts.ts';
import { createRosterRepository } from './repositories/roster.ts';
import { defaultSchoolId } from './schools.ts';
import { createServerLog, type LogFormat } from './server-log.ts';
import { createStandingFaults } from './standing-faults.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';
import { watchIntegrity } from './watch-integrity.ts';
import { watchWatermark } from './watermark.ts';
import { type Witness, watchWitness } from './witness/ask-witness.ts';

/** A closing collector gives its last requests this long. */
const shutdownDeadlineMs = 10_000;

export interface CollectorOptions extends EdgeOptions {
  readonly dataDirectory: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Default 127.0.0.1: reachable from this computer alone. */
  readonly host?: string;
  /** Default: what was published into the data folder, else the packs that the project ships. */
  readonly policiesDirectory?: string;
  /** Keeps the newest checkpoint of the log, and is compared with the log at the start. Default: none. */
  readonly anchorFile?: string;
  /** Signs each checkpoint of the log, elsewhere. Default: none. */
  readonly witness?: Witness;
  /** Where the console was built to; default: `dist/console`. */
  readonly consoleDirectory?: string;
  /** Where technicians put the agent's installers for download; default: `installers` in the data folder. */
  readonly installersDirectory?: string;
  /** A `postgres://` address; default: SQLite in the data folder. */
  readonly databaseUrl?: string | undefined;
  readonly busyTimeoutMs?: number;
  readonly limits?: Partial<RequestLimits>;
  readonly now?: () => Date;
  /** Receives lines for the administrator; never names or account names. Default: standard error. */
  readonly log?: (line: string) => void;
  /** Default `text`: a sentence a line. */
  readonly logFormat?: LogFormat;
}

export interface RunningCollector {
  /** As this computer reaches it, for instance `http://127.0.0.1:49152`, without a slash at its end. */
  readonly address: string;
  /** Where `/metrics` and `/readyz` have a port of their own. */
  readonly monitorAddress: string | undefined;
  createEnrolmentToken(schoolId?: string): Promise<string>;
  /** An address that signs its first visitor in to the console, within 10 minutes. */
  createConsoleAddress(schoolId?: string): Promise<string>;
  /** Every acknowledgement of the first school, oldest first. */
  acknowledgements(): Promise<readonly AcknowledgementRecord[]>;
  /** Sequence numbers that agents used and whose events never arrived. */
  sequenceGaps(): Promise<readonly SequenceGap[]>;
  /** The device register of the first school. */
  readonly mediaRegister: MediaRegisterRepository;
  /** Ends requests in flight, then closes the database. A second call waits for the first. */
  close(): Promise<void>;
}

function describeListenError(error: unknown, host: string, port: number): CollectorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken by another program. End it, or choose another port with --port (0 picks a free one).`,
    EACCES: `This account may not use port ${port}. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is not an address of this computer. Name one that is with --host.`,
    ENOTFOUND: `${host} is not an address of this computer. Name one that is with --host.`,
  };
  return new CollectorError(
    reasons[code] ??
      `The collector cannot listen on ${host} port ${port} (${code}). Try another --host or --port.`,
  );
}

/** A browser on Windows does not open the address that means every interface, so use the loopback address. */
function addressOf(listening: AddressInfo, host: string, scheme: 'http' | 'https'): string {
  const own: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = own[listening.address] ?? host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${listening.port}`;
}

export function consoleAddress(address: string, code: string): string {
  return `${address}/sign-in?code=${code}`;
}

async function listen(
  app: CollectorApp,
  host: string,
  port: number,
  scheme: 'http' | 'https',
): Promise<string> {
  await app.listen({ host, port }).catch((error: unknown) => {
    throw describeListenError(error, host, port);
  });
  return addressOf(app.server.address() as AddressInfo, host, scheme);
}

function createClose(app: CollectorApp, monitor: CollectorApp | undefined): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= (async () => {
      const deadline = setTimeout(() => app.server.closeAllConnections(), shutdownDeadlineMs);
      try {
        // First, since it reads the database that closes with the other.
        await monitor?.close();
        await app.close();
      } finally {
        clearTimeout(deadline);
      }
    })();
    return closing;
  };
}

/** Undefined where the log belongs to another collector's key: then this collector stores and answers, and signs nothing. */
async function startLog(deps: {
  readonly storage: Storage;
  readonly repository: LogRepository;
  readonly dataDirectory: string;
  readonly now: () => Date;
  readonly log: (line: string) => void;
  /** Receives the key that signs; undefined where another one signs the log. */
  readonly onKey: (key: LogKey | undefined) => void;
}): Promise<Sequencer | undefined> {
  const { repository, dataDirectory, onKey } = deps;
  const head = await repository.head();
  const isNew = head?.checkpoint === '';
  const rereadKey = async (): Promise<string | undefined> => {
    const text = await readKeyOf(dataDirectory, (await repository.head())?.verifierKey ?? '');
    onKey(text === undefined ? undefined : readLogKey(text));
    return text;
  };
  const keyText = (isNew ? undefined : await rereadKey()) ?? (await readOrCreateLogKey(dataDirectory, isNew));
  if (keyText !== undefined) {
    if (isNew) onKey(readLogKey(keyText));
    return startSequencer({ ...deps, keyText, rereadKey });
  }
  deps.log(
    `There is no log.key in ${deps.dataDirectory}, so this collector does not sign the log. ` +
      'Copy the file from the collector that started the log.',
  );
  return undefined;
}

async function readGauges(agents: AgentRepository, events: EventRepository): Promise<DatabaseGauges> {
  const [agentCount, missingEvents, unreadableEvents, lastReceivedAt] = await Promise.all([
    agents.countAgents(),
    events.countMissing(),
    events.countUnreadable(),
    events.lastReceivedAt(),
  ]);
  return { agents: agentCount, missingEvents, unreadableEvents, lastReceivedAt };
}

async function openPolicies(
  storage: Storage,
  options: CollectorOptions,
  { now, log }: { readonly now: () => Date; readonly log: (line: string) => void },
): Promise<PolicyRepository> {
  const publishedTexts = createPublishedTextRepository(storage, now);
  const policies = createPolicyRepository({
    directory: options.policiesDirectory ?? fileURLToPath(new URL('../../assets/policies', import.meta.url)),
    ...(options.policiesDirectory === undefined
      ? { publishedDirectory: publishedFolder(options.dataDirectory) }
      : {}),
    onPublished: (texts) => publishedTexts.note(texts),
    now,
    log,
  });
  await policies.check();
  return policies;
}

/** Listens for monitoring first: it shows a start that does not come to its end. */
async function listenAll(
  {
    app,
    monitor,
    scheme,
  }: { app: CollectorApp; monitor: CollectorApp | undefined; scheme: 'http' | 'https' },
  options: CollectorOptions,
): Promise<{ readonly address: string; readonly monitorAddress: string | undefined }> {
  const monitorAddress =
    monitor === undefined
      ? undefined
      : await listen(monitor, options.metricsHost ?? '127.0.0.1', options.metricsPort ?? 0, 'http');
  const address = await listen(app, options.host ?? '127.0.0.1', options.port, scheme);
  return { address, monitorAddress };
}

/** What the console alone needs. */
function consoleParts(
  storage: Storage,
  options: CollectorOptions,
  { now, logKey }: { readonly now: () => Date; readonly logKey: () => LogKey | undefined },
) {
  return {
    audit: createAuditRepository(storage, now),
    consoleAccounts: createConsoleAccountRepository(storage, now),
    consoleAcknowledgementsOf: (schoolId: string) =>
      createConsoleAcknowledgementRepository(storage, schoolId),
    countersignaturesOf: (schoolId: string) =>
      createCountersignatureRepository({ storage, now, logKey }, schoolId),
    consoleDirectory:
      options.consoleDirectory ?? fileURLToPath(new URL('../../dist/console', import.meta.url)),
    overviewOf: (schoolId: string) => createOverviewRepository(storage, schoolId),
    makeBundle: (eventId: string) => makeBundle(storage.reader, eventId),
    installers: createInstallerFolder(
      options.installersDirectory ?? path.join(options.dataDirectory, 'installers'),
    ),
    mediaConsoleOf: (schoolId: string) => createMediaConsoleRepository(storage, schoolId, now),
    offlineCodes: createOfflineCodeRepository(storage, now),
    passwords: createPasswords(),
    publicUrl: options.publicUrl,
    personHistoryOf: (schoolId: string) => createPersonHistoryRepository(storage, schoolId),
    rosterOf: (schoolId: string) => createRosterRepository(storage, schoolId, now),
    policyCountsOf: (schoolId: string) => createPolicyCountRepository(storage, schoolId),
    pcsOf: (schoolId: string) => createPcRepository(storage, schoolId, now),
  };
}

async function openConsole(
  storage: Storage,
  options: CollectorOptions,
  deps: Parameters<typeof consoleParts>[2] & {
    readonly policies: PolicyRepository;
    readonly log: (line: string) => void;
  },
) {
  const parts = consoleParts(storage, options, deps);
  return { ...parts, personnelJobs: await openPersonnelJobs({ ...options, ...parts, ...deps }) };
}

async function readUnreadableAgain(events: EventRepository, log: (line: string) => void): Promise<void> {
  try {
    await events.projectUnreadable();
  } catch (error) {
    // They stay stored and marked; one of them must not keep the collector from starting.
    log(`events that could not be read were not read again: ${String(error)}`);
  }
}

/** `/metrics` and `/readyz`: on a port of their own where the options name one, else among the other routes. */
async function openMonitoring(
  options: CollectorOptions,
  deps: Omit<Parameters<typeof buildMonitorApp>[1], 'checkAccess'> & {
    readonly edge: Parameters<typeof buildMonitorApp>[0];
  },
) {
  const hasOwnPort = options.metricsPort !== undefined;
  const checkAccess = createMonitoringAccess(options.metricsToken, hasOwnPort ? 'all' : 'this-computer');
  const monitor = hasOwnPort ? await buildMonitorApp(deps.edge, { ...deps, checkAccess }) : undefined;
  return { monitor, checkMonitoringAccess: hasOwnPort ? undefined : checkAccess };
}

/** Watches the database, and erases what is over. The answer stops both. */
async function watchStorage(
  storage: Storage,
  options: CollectorOptions,
  deps: {
    readonly faults: ReturnType<typeof createStandingFaults>;
    readonly now: () => Date;
    readonly log: (line: string) => void;
  },
): Promise<() => Promise<void>> {
  // A database server has its own folder, and collectors beside this one.
  const stopWatermark =
    storage.copyTo === undefined
      ? undefined
      : await watchWatermark({ ...options, ...deps, reader: storage.reader });
  const stopIntegrity = watchIntegrity(storage, deps.faults);
  const stopRetention = watchRetention(storage, deps);
  return async () => {
    await stopWatermark?.();
    await stopIntegrity();
    await stopRetention();
  };
}

async function startWith(
  storage: Storage,
  options: CollectorOptions,
  shared: { readonly now: () => Date; readonly logger: FastifyBaseLogger },
): Promise<RunningCollector> {
  const { now, logger } = shared;
  const log = (line: string): void => logger.warn(line);
  const policies = await openPolicies(storage, options, { now, log });
  const acknowledgementsOf = (schoolId: string) => createAcknowledgementRepository(storage, schoolId);
  const mediaRegisterOf = (schoolId: string) => createMediaRegisterRepository(storage, now, schoolId);
  const agents = createAgentRepository(storage, now);
  const consoleAccess = createConsoleAccessRepository(storage, now);
  // Known before the first request, when the log has started.
  let logKey: LogKey | undefined;
  const events = createEventRepository(storage, now, (leaf) =>
    logKey === undefined ? undefined : signLogReceipt(leaf, logKey),
  );
  await readUnreadableAgain(events, log);
  const faults = createStandingFaults(log);
  const logRepository = createLogRepository(storage.reader);
  const edge = await prepareEdge(options, { logger, faults, now });
  const health = createHealthRepository(storage, now);
  const metrics = createMetrics({ now, readGauges: () => readGauges(agents, events) });
  const monitoring = { edge: edge.monitor, faults, health, metrics, log };
  const { monitor, checkMonitoringAccess } = await openMonitoring(options, monitoring);
  const parts = await openConsole(storage, options, { policies, now, log, logKey: () => logKey });
  const app = await buildApp({
    edge: edge.main,
    checkMonitoringAccess,
    metrics,
    faults,
    acknowledgementsOf,
    agents,
    consoleAccess,
    ...parts,
    events,
    health,
    logRepository,
    mediaRegisterOf,
    policies,
    limits: { ...defaultRequestLimits, ...options.limits },
    now,
    log,
  });
  const anchor =
    options.anchorFile === undefined
      ? undefined
      : await watchAnchor({ file: options.anchorFile, repository: logRepository, faults });
  const sequencer =
    anchor?.fits === false
      ? undefined
      : await startLog({
          ...options,
          storage,
          repository: logRepository,
          now,
          log,
          onKey: (key) => {
            logKey = key;
          },
        });
  const stopWatches = await watchStorage(storage, options, { faults, now, log });
  const stopWitness =
    options.witness === undefined || anchor?.fits === false
      ? undefined
      : watchWitness({ witness: options.witness, storage, repository: logRepository, log });
  // Runs after the last request in flight was answered.
  app.addHook('onClose', async () => {
    await edge.stop();
    await parts.personnelJobs.stop();
    await stopWatches();
    await stopWitness?.();
    await sequencer?.stop();
    // After the last checkpoint was signed.
    await anchor?.stop();
    await storage.close();
  });
  const close = createClose(app, monitor);
  const listening = await listenAll({ app, monitor, scheme: edge.scheme }, options)
    .then(async (addresses) => {
      await consoleAccess.saveAddress(addresses.address);
      await savePublicUrl(storage, options.publicUrl);
      return addresses;
    })
    .catch(async (error: unknown) => {
      // Close the servers, so that a failed start never answers requests.
      await close();
      throw error;
    });
  return {
    ...listening,
    createEnrolmentToken: async (schoolId = defaultSchoolId) =>
      (await agents.createEnrolmentToken({ schoolId, expiresAt: undefined, maxUses: undefined })).token,
    createConsoleAddress: async (schoolId = defaultSchoolId) =>
      consoleAddress(options.publicUrl ?? listening.address, await consoleAccess.createCode(schoolId)),
    acknowledgements: () => acknowledgementsOf(defaultSchoolId).listAfter(0, Number.MAX_SAFE_INTEGER),
    sequenceGaps: () => events.listSequenceGaps(),
    mediaRegister: mediaRegisterOf(defaultSchoolId),
    close,
  };
}

/** Throws CollectorError, with a sentence for the administrator, when the environment does not allow a start. */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  const storage = await openStorage({
    dataDirectory: options.dataDirectory,
    create: true,
    thread: true,
    databaseUrl: options.databaseUrl,
    ...(options.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: options.busyTimeoutMs }),
  });
  try {
    const write = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
    return await startWith(storage, options, {
      now: options.now ?? (() => new Date()),
      logger: createServerLog(write, options.logFormat ?? 'text'),
    });
  } catch (error) {
    await storage.close().catch(() => undefined);
    throw error;
  }
}
