/** Opens what the agent keeps on disk, all of it or nothing. */
import { join } from 'node:path';
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import { fail, type Result, succeed } from '../../shared/lib/result.ts';
import type { Machine } from '../../shared/wire/account.ts';
import type { Clock } from '../platform/time/clock.ts';
import { type Identity, openIdentity, type SecretProtection } from '../storage/identity/identity.ts';
import { type NewEvent, type Outbox, openOutbox } from '../storage/outbox/outbox.ts';
import { openReceipts, type Receipts, reconcile } from '../storage/receipts/receipts.ts';
import { openSettings, type SettingsStore } from '../storage/settings/settings.ts';
import type { StorageFault } from '../storage/storage-fault.ts';

export interface AgentState {
  readonly directory: string;
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly settings: SettingsStore;
  /** Undefined when the key cannot be had: acceptances are recorded all the same and sent once it can. */
  readonly identity: Identity | undefined;
}

interface Options {
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

/** The error is one line that names the file and the reason, never a path. */
export async function openState(options: Options): Promise<Result<AgentState, string>> {
  for (let session = 1; session <= mostSessions; session += 1) {
    const directory = session === 1 ? options.directory : `${options.directory}-${session}`;
    const opened = await openIn(directory, options);
    if (opened.ok || opened.error !== 'in-use') return opened;
  }
  return fail(`agent.lock: ${mostSessions} agents of this account are running already`);
}

async function openIn(directory: string, options: Options): Promise<Result<AgentState, string>> {
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
    return fail(outbox.error.kind === 'in-use' ? 'in-use' : `outbox.log: ${describeProblem(outbox.error)}`);
  }

  const small = { directory, nowUtc, onFault: options.onFault };
  const [openedReceipts, settings, identity] = await Promise.all([
    openReceipts(small),
    openSettings(small),
    openIdentity({ ...small, protection: options.protection }),
  ]);
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

function describeProblem(problem: {
  readonly kind: string;
  readonly reason?: string;
  readonly format?: number;
}): string {
  if (problem.format !== undefined) return `written by a newer Porthor (format ${problem.format})`;
  return problem.reason === undefined ? problem.kind : `${problem.kind}: ${problem.reason}`;
}

export function describeFault(fault: StorageFault, machine: Machine): NewEvent<'porthor.agent.fault.v1'> {
  return {
    type: 'porthor.agent.fault.v1',
    subject: machine.id,
    data: {
      fault: fault.fault.slice(0, 64),
      subject: fault.subject.slice(0, 256),
      reason: fault.reason.slice(0, 1000),
      machine,
    },
  };
}

/** `<base>/<first of the machine's id>`: a state folder on a share or in a roaming profile serves several PCs. */
export function stateFolderFor(base: string, machine: Machine): string {
  return join(base, machine.id.replaceAll(/[^0-9A-Za-z-]/gu, '').slice(0, 16) || 'machine');
}
