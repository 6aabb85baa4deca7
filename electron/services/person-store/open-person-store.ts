/** Opens everything that the agent keeps on disk for one person on one PC: all of it, or nothing. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Identity } from '../../storage/identity/identity.ts';
import type { SecretProtection } from '../../storage/identity/secret-protection.ts';
import { type LogAnchorStore, openLogAnchors } from '../../storage/log-anchor/log-anchor.ts';
import { type Outbox, openOutbox } from '../../storage/outbox/outbox.ts';
import { openReceipts, type Receipts } from '../../storage/receipts/receipts.ts';
import { reconcileReceipts } from '../../storage/receipts/record-acceptance.ts';
import { openSettings, type SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { describeFault } from '../reporting/fault-event.ts';
import { openAgentIdentity } from './open-agent-identity.ts';

export interface PersonStore {
  readonly directory: string;
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly settings: SettingsStore;
  /** Undefined where its file cannot be used: then the collector's log is not followed. */
  readonly anchors: LogAnchorStore | undefined;
  /**
   * Undefined when the key is unavailable. Acceptances are then recorded and sent once the key is back. No receipt of
   * an earlier run counts, because the agent cannot tell its own from a hand-written one.
   */
  readonly identity: Identity | undefined;
}

export interface PersonStoreOptions {
  /** State folder of this person on this PC. */
  readonly directory: string;
  readonly config: ManagedConfig;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly protection: SecretProtection;
  readonly onFault: (fault: StorageFault) => void;
  /** For the log alone: the outbox reports its own faults. */
  readonly onOutboxFault: (fault: StorageFault) => void;
}

/** A second session of the same person on this PC gets its own folder, so that the gate can open there too. */
const mostSessions = 4;

/**
 * How often, and after which pause, the agent retries the first folder before it takes the next. The previous agent may
 * be exiting, and virus scanners hold a file for a moment. To the collector a second folder is a second agent, so only a
 * second session should get one.
 */
const firstFolderRetries = 10;
const retryPauseMs = 100;

/** A collector that is restored from a backup of this age gets again what it has lost. */
const keepDeliveredMs = 35 * 24 * 60 * 60 * 1000;

/** Opens the first free session folder. The error is one line that names the file and the reason, never a path. */
export async function openPersonStore(options: PersonStoreOptions): Promise<Result<PersonStore, string>> {
  for (const [index, directory] of sessionFolders(options.directory).entries()) {
    const opened = await openPersonStoreIn(directory, options, index === 0 ? firstFolderRetries : 0);
    if (opened.ok && index > 0) {
      options.onFault({
        fault: 'state-in-use',
        subject: `folder ${index + 1}`,
        reason:
          'Another agent holds the records of this account on this PC. This agent keeps its own, and is a separate agent to the collector.',
      });
    }
    if (opened.ok || opened.error !== 'in-use') return opened;
  }
  return fail(`agent.lock: ${mostSessions} agents of this account are running already`);
}

/** The folders of all sessions, in the order in which sessions take them. */
export function sessionFolders(directory: string): readonly string[] {
  return Array.from({ length: mostSessions }, (_, index) =>
    index === 0 ? directory : `${directory}-${index + 1}`,
  );
}

/** Opens this folder and no other. The error `in-use`: another agent still holds it after `retriesLeft` retries. */
export async function openPersonStoreIn(
  directory: string,
  options: PersonStoreOptions,
  retriesLeft = 0,
): Promise<Result<PersonStore, string>> {
  const nowUtc = () => options.clock.nowUtc();
  let receipts: Receipts | undefined;
  const outbox = await openOutbox({
    directory,
    maxBytes: options.config.reporting.maxOutboxMegabytes * 1024 * 1024,
    nowUtc,
    describeFault: (fault) => describeFault(fault, options.machine),
    onFault: options.onOutboxFault,
    // The outbox may forget nothing until the receipts are open.
    canForget: (acceptance) => receipts?.covers(acceptance) ?? false,
    keepDeliveredMs,
  });
  if (!outbox.ok) {
    if (outbox.error.kind === 'in-use' && retriesLeft > 0) {
      await new Promise<void>((resolve) => void options.clock.setTimer(retryPauseMs, resolve));
      return openPersonStoreIn(directory, options, retriesLeft - 1);
    }
    return fail(outbox.error.kind === 'in-use' ? 'in-use' : `outbox.log: ${describeProblem(outbox.error)}`);
  }

  const small = { directory, nowUtc, onFault: options.onFault };
  const settings = await openSettings(small);
  const identity = await openAgentIdentity(settings, { ...small, protection: options.protection });
  const openedReceipts = await openReceipts({ ...small, proof: identity.ok ? identity.value : undefined });
  const problem = openedReceipts.ok ? (settings.ok ? undefined : settings.error) : openedReceipts.error;
  if (!openedReceipts.ok || !settings.ok || problem !== undefined) {
    await outbox.value.close();
    return fail(problem === undefined ? 'unknown' : `${problem.file}: ${describeProblem(problem)}`);
  }
  receipts = openedReceipts.value;
  if (!identity.ok) {
    options.onFault({
      fault: 'identity-unusable',
      subject: identity.error.file,
      reason: `Reports stay on this PC until the agent's key can be used: ${describeProblem(identity.error)}`,
    });
  }
  const anchors = await openLogAnchors(small);
  if (!anchors.ok) {
    options.onFault({
      fault: 'checkpoint-not-kept',
      subject: anchors.error.file,
      reason: `This PC does not follow the collector's log: ${describeProblem(anchors.error)}`,
    });
  }
  await reconcileReceipts(outbox.value, receipts);
  return succeed({
    directory,
    outbox: outbox.value,
    receipts,
    settings: settings.value,
    anchors: anchors.ok ? anchors.value : undefined,
    identity: identity.ok ? identity.value : undefined,
  });
}

function describeProblem(problem: {
  readonly kind: string;
  readonly reason?: string;
  readonly format?: number;
}): string {
  if (problem.format !== undefined) return `written by a newer Porthor (format ${problem.format})`;
  return problem.reason === undefined ? problem.kind : `${problem.kind}: ${problem.reason}`;
}
