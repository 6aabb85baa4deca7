/** Opens the store of the signed-in person once, reports from it, and then sends that person's orphaned outboxes. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { oneAtATime } from '../../../shared/lib/one-at-a-time.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability, LogonToGate } from '../../../shared/wire/events.ts';
import type { FolderRightsPort } from '../../platform/folder-rights/folder-rights-port.ts';
import type { Fetch } from '../../platform/network/network-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { leaveToFileRights, type SecretProtection } from '../../storage/identity/secret-protection.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { askCollectorMs } from '../gate/gate-ports.ts';
import { type Reporting, startReporting } from '../reporting/start-reporting.ts';
import { openPersonStore, type PersonStore } from './open-person-store.ts';
import { prepareStateFolder, type StateFolder } from './state-folder.ts';

export interface PersonStoreService {
  /** Undefined until the store is open. */
  state(): PersonStore | undefined;
  /** Undefined until the store is open. */
  reporting(): Reporting | undefined;
  /** Opens the store if it is not open. The error is one line that names no path. */
  open(): Promise<Result<PersonStore, string>>;
  /** Aborts what is being sent; it stays on disk. */
  stopSending(): Promise<void>;
  /** Releases the folder. */
  close(): Promise<void>;
}

interface Options {
  /** Undefined where the agent does not know whose folder it needs. */
  readonly stateFolder: () => StateFolder | undefined;
  readonly config: () => ManagedConfig;
  readonly machine: Machine;
  readonly agentVersion: string;
  readonly capabilities: () => readonly Capability[];
  /** Undefined for no measurement. */
  readonly logon?: (() => LogonToGate | undefined) | undefined;
  readonly clock: Clock;
  /** The system's. The service does not use it for a folder outside the profile. */
  readonly protection: SecretProtection;
  readonly folderRights: FolderRightsPort;
  readonly fetch: Fetch;
  /** False while a person waits at the gate: opening other folders would take time from the login. */
  readonly maySendOrphanedOutboxes: () => boolean;
  readonly onOpened: (store: PersonStore) => void;
  /** The delivery status has changed. */
  readonly onDelivery: (status: { readonly isReached: boolean }) => void;
  readonly onFault: (fault: StorageFault) => void;
  /** For the log alone. */
  readonly onOutboxFault: (fault: StorageFault) => void;
  readonly log: (line: string) => void;
}

export function createPersonStoreService(options: Options): PersonStoreService {
  const { machine, agentVersion, capabilities, logon, clock, fetch, onFault, onOutboxFault, log } = options;
  let store: PersonStore | undefined;
  let reporting: Reporting | undefined;
  let sendingOrphaned: Promise<void> | undefined;
  const stopping = new AbortController();

  const startReportingFrom = (from: PersonStore): Reporting =>
    startReporting({
      config: options.config(),
      machine,
      store: from,
      clock,
      fetch,
      agentVersion,
      capabilities,
      logon,
      onFault,
    });

  const open = oneAtATime(async (): Promise<Result<PersonStore, string>> => {
    if (store !== undefined) return succeed(store);
    const folder = options.stateFolder();
    if (folder === undefined) return fail('the agent does not know who is signed in');
    const directory = await prepareStateFolder(folder, options.folderRights, onFault);
    const protection = folder.isInProfile ? options.protection : leaveToFileRights(options.protection);
    const config = options.config();
    const storeOptions = { directory, config, machine, clock, protection, onFault, onOutboxFault };
    const opened = await openPersonStore(storeOptions);
    if (!opened.ok) return opened;
    store = opened.value;
    const ownDirectory = store.directory;
    options.onOpened(store);
    reporting = startReportingFrom(store);
    // The collector answers enrolled agents alone, so a new agent enrols while the policies are being read.
    void reporting.session?.enrolled(askCollectorMs);
    const { sender } = reporting;
    sender.onChange(({ collector }) => options.onDelivery({ isReached: collector === 'reached' }));
    const stopWaiting = sender.onChange(({ collector }) => {
      if (collector !== 'reached' || stopping.signal.aborted || !options.maySendOrphanedOutboxes()) return;
      stopWaiting();
      sendingOrphaned = import('./send-orphaned-outboxes.ts')
        .then(({ sendOrphanedOutboxes }) =>
          sendOrphanedOutboxes({
            store: storeOptions,
            ownDirectory,
            startReporting: startReportingFrom,
            signal: stopping.signal,
            log,
          }),
        )
        .catch((error: unknown) => log(`orphaned outboxes: ${String(error)}`));
    });
    return opened;
  });

  return {
    state: () => store,
    reporting: () => reporting,
    open,
    stopSending: async () => {
      stopping.abort();
      await reporting?.sender.stop();
      await sendingOrphaned;
    },
    close: async () => store?.outbox.close(),
  };
}
