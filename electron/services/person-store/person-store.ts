/** The agent's records of the person who is signed in: opened once, reported from, and what earlier ones left unsent. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { oneAtATime } from '../../../shared/lib/one-at-a-time.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { SecretProtection } from '../../storage/identity/identity.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { askCollectorMs } from '../gate/gate-service.ts';
import type { Fetch } from '../reporting/collector-client.ts';
import { type Reporting, startReporting } from '../reporting/start-reporting.ts';
import { type AgentState, openState } from './open-person-store.ts';
import { type StatePlace, settleStatePlace } from './state-folder.ts';

export interface Records {
  /** Undefined until they are open. */
  state(): AgentState | undefined;
  /** Undefined until they are open. */
  reporting(): Reporting | undefined;
  /** Opens them where they are not. The error is one line that names no path. */
  open(): Promise<Result<AgentState, string>>;
  /** Breaks off what is being sent; it stays on disk. */
  stopSending(): Promise<void>;
  /** Lets go of the folder. */
  close(): Promise<void>;
}

interface Options {
  /** Undefined where it is not known whose they are. */
  readonly place: () => StatePlace | undefined;
  readonly config: () => ManagedConfig;
  readonly machine: Machine;
  readonly agentVersion: string;
  readonly capabilities: () => readonly Capability[];
  readonly clock: Clock;
  readonly protection: SecretProtection;
  readonly fetch: Fetch;
  /** Nobody waits at the gate, so that there is time for folders in which no agent runs any more. */
  readonly mayLookBack: () => boolean;
  readonly onOpened: (state: AgentState) => void;
  /** How it goes with sending has changed. */
  readonly onDelivery: (status: { readonly isReached: boolean }) => void;
  readonly onFault: (fault: StorageFault) => void;
  /** For the log alone. */
  readonly onOutboxFault: (fault: StorageFault) => void;
  readonly log: (line: string) => void;
}

export function createRecords(options: Options): Records {
  const { machine, agentVersion, capabilities, clock, fetch, protection, onFault, onOutboxFault, log } =
    options;
  let state: AgentState | undefined;
  let reporting: Reporting | undefined;
  let sendingLeftBehind: Promise<void> | undefined;
  const stopping = new AbortController();

  const reportingOf = (of: AgentState): Reporting =>
    startReporting({
      config: options.config(),
      machine,
      state: of,
      clock,
      fetch,
      agentVersion,
      capabilities,
      onFault,
    });

  const open = oneAtATime(async (): Promise<Result<AgentState, string>> => {
    if (state !== undefined) return succeed(state);
    const place = options.place();
    if (place === undefined) return fail('it is not known whose they are');
    const directory = await settleStatePlace(place, protection);
    const config = options.config();
    const stateOptions = { directory, config, machine, clock, protection, onFault, onOutboxFault };
    const opened = await openState(stateOptions);
    if (!opened.ok) return opened;
    state = opened.value;
    const ownDirectory = state.directory;
    options.onOpened(state);
    reporting = reportingOf(state);
    // An agent that is new to the collector can ask it nothing: it makes itself known while the policies are read.
    void reporting.session?.enrolled(askCollectorMs);
    const { sender } = reporting;
    sender.onChange(({ collector }) => options.onDelivery({ isReached: collector === 'reached' }));
    const stopWaiting = sender.onChange(({ collector }) => {
      if (collector !== 'reached' || stopping.signal.aborted || !options.mayLookBack()) return;
      stopWaiting();
      sendingLeftBehind = import('./send-orphaned-outboxes.ts')
        .then(({ sendLeftBehind }) =>
          sendLeftBehind({
            state: stateOptions,
            ownDirectory,
            startReporting: reportingOf,
            signal: stopping.signal,
            log,
          }),
        )
        .catch((error: unknown) => log(`left behind: ${String(error)}`));
    });
    return opened;
  });

  return {
    state: () => state,
    reporting: () => reporting,
    open,
    stopSending: async () => {
      stopping.abort();
      await reporting?.sender.stop();
      await sendingLeftBehind;
    },
    close: async () => state?.outbox.close(),
  };
}
