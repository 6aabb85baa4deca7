/** Builds and starts the parts that report to the school's collector. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import type { Capability, LogonToGate } from '../../../shared/wire/events.ts';
import type { Fetch } from '../../platform/network/network-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { askCollectorMs } from '../gate/gate-ports.ts';
import type { PersonStore } from '../person-store/open-person-store.ts';
import { createCollectorClient } from './collector-client.ts';
import { type CollectorSession, createCollectorSession } from './collector-session.ts';
import { type CollectorFollower, followCollector } from './follow-collector.ts';
import { createSender, type Sender } from './sender.ts';

export interface Reporting {
  readonly sender: Sender;
  /** Undefined where no collector is configured, or the agent's key is unavailable. */
  readonly session: CollectorSession | undefined;
  /** Undefined when the collector did not answer or none is configured. */
  knownAcknowledgements(accountKey: string): Promise<readonly KnownAcknowledgement[] | undefined>;
}

interface Options {
  readonly config: ManagedConfig;
  readonly machine: Machine;
  readonly store: PersonStore;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly agentVersion: string;
  readonly capabilities: () => readonly Capability[];
  /** Undefined where it was not measured. */
  readonly logon?: (() => LogonToGate | undefined) | undefined;
  readonly onFault: (fault: StorageFault) => void;
}

/** Longer than the gate waits: a late answer still spares a person who has not answered yet. */
const lateAnswerMs = 10 * askCollectorMs;

export function startReporting(options: Options): Reporting {
  const { config, machine, store, clock, agentVersion, onFault } = options;
  const { identity } = store;
  let follower: CollectorFollower | undefined;
  const client =
    config.collectorUrl === ''
      ? undefined
      : createCollectorClient({
          collectorUrl: config.collectorUrl,
          fetch: options.fetch,
          clock,
          onAnswer: (headers) => follower?.read(headers),
        });
  const session =
    client === undefined || identity === undefined
      ? undefined
      : createCollectorSession({
          client,
          identity,
          enrolmentToken: config.enrolmentToken,
          machine,
          agentVersion,
          clock,
          onFault,
        });
  const sender = createSender({
    outbox: store.outbox,
    receipts: store.receipts,
    settings: store.settings,
    collector: client === undefined || session === undefined ? undefined : { client, session },
    clock,
    random: Math.random,
    agentVersion,
    heartbeatSeconds: config.reporting.heartbeatSeconds,
    describeHeartbeat: (queueLength) => {
      const logon = options.logon?.();
      return {
        type: 'porthor.agent.heartbeat.v1',
        subject: machine.id,
        data: {
          agentVersion,
          machine,
          capabilities: [...options.capabilities()],
          queueLength,
          ...(logon === undefined ? {} : { logon }),
        },
      };
    },
    onFault,
  });
  follower = client === undefined ? undefined : followCollector({ store, clock, client, sender, onFault });
  sender.start();
  return {
    sender,
    session,
    knownAcknowledgements: async (accountKey) => {
      const answer = await session?.knownAcknowledgements(accountKey, lateAnswerMs);
      return answer?.ok === true ? answer.value : undefined;
    },
  };
}
