/** Opens what the agent keeps on disk, all of it or nothing. */
import { join } from 'node:path';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Clock } from '../../platform/time/clock.ts';
import {
  type Identity,
  type IdentityOptions,
  type IdentityProblem,
  openIdentity,
  type SecretProtection,
} from '../../storage/identity/identity.ts';
import { type Outbox, openOutbox } from '../../storage/outbox/outbox.ts';
import { openReceipts, type Receipts, reconcile } from '../../storage/receipts/receipts.ts';
import { openSettings, type SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { describeFault } from '../reporting/fault-event.ts';

export interface AgentState {
  readonly directory: string;
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly settings: SettingsStore;
  /**
   * Undefined when the key cannot be had: acceptances are recorded all the same and sent once it can, and no receipt
   * of an earlier run counts, since none can be told from one that somebody wrote by hand.
   */
  readonly identity: Identity | undefined;
}

export interface StateOptions {
  /** Folder of this account's state on this machine. */
  readonly directory: string;
  readonly config: ManagedConfig;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly protection: SecretProtection;
  readonly onFault: (fault: StorageFault) => void;
  /** For the log alone: the outbox reports its own faults by itself. */
  readonly onOutboxFault: (fault: StorageFault) => void;
}

/** The same account in a second session of this machine gets a folder of its own, so that nobody is kept out. */
const mostSessions = 4;

/**
 * How often and after what pause a folder is tried again before a second one is begun: the agent before this one may be on
 * its way out, and programs that look at every file hold each for a moment. A second folder is a second agent for the
 * collector, so it is for a second session alone.
 */
const triesAgain = 10;
const tryAgainAfterMs = 100;

/** The error is one line that names the file and the reason, never a path. */
export async function openState(options: StateOptions): Promise<Result<AgentState, string>> {
  for (const [index, directory] of sessionFolders(options.directory).entries()) {
    const opened = await openIn(directory, options, index === 0 ? triesAgain : 0);
    if (opened.ok && index > 0) {
      options.onFault({
        fault: 'state-in-use',
        subject: `folder ${index + 1}`,
        reason:
          'The records of this account on this PC are held by another agent. This one keeps its own and is another agent for the collector.',
      });
    }
    if (opened.ok || opened.error !== 'in-use') return opened;
  }
  return fail(`agent.lock: ${mostSessions} agents of this account are running already`);
}

/** In the order in which sessions take them. */
export function sessionFolders(directory: string): readonly string[] {
  return Array.from({ length: mostSessions }, (_, index) =>
    index === 0 ? directory : `${directory}-${index + 1}`,
  );
}

/** The one folder and no other; the error `in-use` means that another agent holds it, after these many tries again. */
export async function openIn(
  directory: string,
  options: StateOptions,
  triesLeft = 0,
): Promise<Result<AgentState, string>> {
  const nowUtc = () => options.clock.nowUtc();
  let receipts: Receipts | undefined;
  const outbox = await openOutbox({
    directory,
    maxBytes: options.config.reporting.maxOutboxMegabytes * 1024 * 1024,
    nowUtc,
    describeFault: (fault) => describeFault(fault, options.machine),
    onFault: options.onOutboxFault,
    // Until the receipts are open nothing may be forgotten.
    canForget: (acceptance) => receipts?.covers(acceptance) ?? false,
  });
  if (!outbox.ok) {
    if (outbox.error.kind === 'in-use' && triesLeft > 0) {
      await new Promise<void>((resolve) => void options.clock.setTimer(tryAgainAfterMs, resolve));
      return openIn(directory, options, triesLeft - 1);
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
  await reconcile(outbox.value, receipts);
  return succeed({
    directory,
    outbox: outbox.value,
    receipts,
    settings: settings.value,
    identity: identity.ok ? identity.value : undefined,
  });
}

/** How long a key that the system refuses to give back is waited for, before the PC goes on as a new agent. */
const waitForKeyMs = 24 * 60 * 60_000;

/**
 * After a password was reset the key is gone for good, and without a key nothing is ever sent. One refusal may be a bad
 * moment of the system; refusals for a day, over at least two starts, are not.
 */
async function openAgentIdentity(
  settings: Awaited<ReturnType<typeof openSettings>>,
  options: IdentityOptions,
): Promise<Result<Identity, IdentityProblem>> {
  const since = settings.ok ? settings.value.current().identityLockedSince : undefined;
  const lockedForMs = since === undefined ? 0 : options.nowUtc().getTime() - Date.parse(since);
  const identity = await openIdentity({ ...options, replaceLocked: lockedForMs >= waitForKeyMs });
  if (!settings.ok) return identity;
  const isRefused = !identity.ok && identity.error.kind === 'locked' && identity.error.refused;
  // A clock that was set back begins the wait anew; it must not last for years.
  if (isRefused && (since === undefined || lockedForMs < 0)) {
    const identityLockedSince = options.nowUtc().toISOString();
    await settings.value.update((current) => ({ ...current, identityLockedSince }));
  } else if (!isRefused && since !== undefined) {
    await settings.value.update(({ identityLockedSince: _since, ...current }) => current);
  }
  return identity;
}

function describeProblem(problem: {
  readonly kind: string;
  readonly reason?: string;
  readonly format?: number;
}): string {
  if (problem.format !== undefined) return `written by a newer Porthor (format ${problem.format})`;
  return problem.reason === undefined ? problem.kind : `${problem.kind}: ${problem.reason}`;
}

/** `<base>/<first of the machine's id>`: a state folder on a share or in a roaming profile serves several PCs. */
export function stateFolderFor(base: string, machine: Machine): string {
  return join(base, machine.id.replaceAll(/[^0-9A-Za-z-]/gu, '').slice(0, 16) || 'machine');
}
