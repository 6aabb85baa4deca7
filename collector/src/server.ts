/** Starts a whole collector in this process, and ends it in order. */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { buildApp, defaultRequestLimits, type RequestLimits } from './app.ts';
import { CollectorError } from './collector-error.ts';
import {
  type AcknowledgementRecord,
  createAcknowledgementRepository,
} from './repositories/acknowledgements.ts';
import { createAgentRepository } from './repositories/agents.ts';
import { createConsoleAccessRepository } from './repositories/console-access.ts';
import { openDatabase } from './repositories/database.ts';
import { createEventRepository, type SequenceGap } from './repositories/events.ts';
import { createHealthRepository } from './repositories/health.ts';
import {
  createMediaRegisterRepository,
  type MediaRegisterRepository,
} from './repositories/media-register.ts';
import { createPolicyRepository, publishedFolder } from './repositories/policies.ts';

/** Requests that are still being answered when the collector ends are given this long. */
const shutdownDeadlineMs = 10_000;

export interface CollectorOptions {
  readonly dataDirectory: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Default 127.0.0.1: reachable from this computer alone. */
  readonly host?: string;
  /** Default: what was published into the data folder, else the packs that the project ships. */
  readonly policiesDirectory?: string;
  readonly busyTimeoutMs?: number;
  readonly limits?: Partial<RequestLimits>;
  readonly now?: () => Date;
  /** Receives lines for the administrator; never names or account names. Default: standard error. */
  readonly log?: (line: string) => void;
}

export interface RunningCollector {
  /** As this computer reaches it, for instance `http://127.0.0.1:49152`, without a slash at its end. */
  readonly address: string;
  createEnrolmentToken(): Promise<string>;
  /** An address that signs its first visitor in to the console, within 10 minutes. */
  createConsoleAddress(): Promise<string>;
  /** Everything that was acknowledged, oldest first. */
  acknowledgements(): Promise<readonly AcknowledgementRecord[]>;
  /** Sequence numbers that agents used and whose events never arrived. */
  sequenceGaps(): Promise<readonly SequenceGap[]>;
  /** What the school has approved, and what people ask to have approved. */
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

/** "Every address" is none that a browser on Windows opens, so this computer's own stands for it. */
function addressOf(listening: AddressInfo, host: string): string {
  const own: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = own[listening.address] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${listening.port}`;
}

export function consoleAddress(address: string, code: string): string {
  return `${address}/sign-in?code=${code}`;
}

/** Throws CollectorError, with a sentence for the administrator, when the surroundings do not allow a start. */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  const now = options.now ?? (() => new Date());
  const log = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const host = options.host ?? '127.0.0.1';

  const policies = createPolicyRepository({
    directory: options.policiesDirectory ?? fileURLToPath(new URL('../../assets/policies', import.meta.url)),
    ...(options.policiesDirectory === undefined
      ? { publishedDirectory: publishedFolder(options.dataDirectory) }
      : {}),
    now,
    log,
  });
  await policies.check();

  const opened = await openDatabase({
    dataDirectory: options.dataDirectory,
    create: true,
    ...(options.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: options.busyTimeoutMs }),
  });
  try {
    const { database } = opened;
    const acknowledgements = createAcknowledgementRepository(database);
    const agents = createAgentRepository(database, now);
    const consoleAccess = createConsoleAccessRepository(database, now);
    const events = createEventRepository(database, now);
    const mediaRegister = createMediaRegisterRepository(database, now);
    const app = await buildApp({
      acknowledgements,
      agents,
      consoleAccess,
      events,
      health: createHealthRepository(database, now),
      mediaRegister,
      policies,
      limits: { ...defaultRequestLimits, ...options.limits },
      now,
      log,
    });
    // Runs after the last request in flight was answered.
    app.addHook('onClose', () => opened.close());
    let address: string;
    try {
      await app.listen({ host, port: options.port }).catch((error: unknown) => {
        throw describeListenError(error, host, options.port);
      });
      address = addressOf(app.server.address() as AddressInfo, host);
      await consoleAccess.saveAddress(address);
    } catch (error) {
      // Whoever is told that the start has failed must not find somebody answering.
      await app.close();
      throw error;
    }

    let closing: Promise<void> | undefined;
    return {
      address,
      createEnrolmentToken: async () => (await agents.createEnrolmentToken(undefined)).token,
      createConsoleAddress: async () => consoleAddress(address, await consoleAccess.createCode()),
      acknowledgements: () => acknowledgements.listAfter(0, Number.MAX_SAFE_INTEGER),
      sequenceGaps: () => events.listSequenceGaps(),
      mediaRegister,
      close() {
        closing ??= (async () => {
          const deadline = setTimeout(() => app.server.closeAllConnections(), shutdownDeadlineMs);
          try {
            await app.close();
          } finally {
            clearTimeout(deadline);
          }
        })();
        return closing;
      },
    };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}
