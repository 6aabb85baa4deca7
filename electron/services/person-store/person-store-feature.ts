/** The user's records on this PC as a feature: opened once the account is known, reported from, closed at the end. */
import { createSignal, type Signal } from '../../../shared/lib/signal.ts';
import type { LogonToGate } from '../../../shared/wire/events.ts';
import type { AgentContext } from '../agent-context.ts';
import type { Feature } from '../feature.ts';
import type { Reports } from '../reporting/reports.ts';
import { createPersonStoreService, type PersonStoreService } from './person-store-service.ts';
import { locateStateFolder, type StateFolder } from './state-folder.ts';

export interface PersonStoreFeature
  extends Feature,
    Pick<PersonStoreService, 'state' | 'reporting' | 'open'> {
  /** Undefined where the folder is shared and the account is not known yet. */
  stateFolder(): StateFolder | undefined;
  /** The store is open, at the start or later, and the account may be known now. May be emitted more than once. */
  readonly opened: Signal;
  /** The delivery to the collector has changed. */
  readonly delivery: Signal<[{ readonly isReached: boolean }]>;
}

interface Options {
  readonly recordIn: Reports['recordIn'];
  /** How long the gate took after the logon; undefined where it was not measured. */
  readonly logon: () => LogonToGate | undefined;
  /** The gate is settled and all features run: there is time for orphaned outboxes. */
  readonly isRunning: () => boolean;
}

export function createPersonStoreFeature(context: AgentContext, options: Options): PersonStoreFeature {
  const { machine, platform, signedIn } = context;
  const opened = createSignal();
  const delivery = createSignal<[{ readonly isReached: boolean }]>();
  let isStopped = false;

  const stateFolder = () =>
    locateStateFolder(
      {
        configured: context.config().stateDirectory,
        ownFolder: context.folders.profile,
        environment: context.environment,
        machine,
      },
      context.account(),
    );
  const store = createPersonStoreService({
    stateFolder,
    config: context.config,
    machine,
    agentVersion: context.agentVersion,
    capabilities: context.capabilities,
    logon: options.logon,
    clock: platform.clock,
    protection: context.protection,
    folderRights: platform.folderRights,
    fetch: context.collectorFetch,
    maySendOrphanedOutboxes: options.isRunning,
    onOpened: ({ outbox }) => options.recordIn(outbox, machine),
    onDelivery: (status) => {
      context.statusChanged.emit();
      delivery.emit(status);
    },
    onFault: context.onFault,
    onOutboxFault: context.logFault,
    log: context.log,
  });

  /** A shut gate tries again by itself; behind an open one only this does. */
  const openWhatWasUnreadable = async (): Promise<void> => {
    if (isStopped || (context.account() !== undefined && store.state() !== undefined)) return;
    await signedIn.read();
    if ((await store.open()).ok) opened.emit();
  };

  return {
    name: 'person-store',
    startsAt: 'login',
    state: store.state,
    reporting: store.reporting,
    open: store.open,
    stateFolder,
    opened,
    delivery,
    // The gate opens it, while it covers the desktop.
    start: () => undefined,
    onSystem: (change) => {
      if (change !== 'resumed' && change !== 'unlocked') return;
      void openWhatWasUnreadable();
      // The network may be back.
      store.reporting()?.sender.wake();
    },
    stop: async () => {
      isStopped = true;
      await store.stopSending();
      await store.close();
    },
  };
}
