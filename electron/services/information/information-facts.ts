/** Gathers what the tray and the small windows show. */
import { type IdleStatus, idleOff, type Status } from '../../../shared/ipc/information.ts';
import type { AgentContext } from '../agent-context.ts';
import type { Agreements } from '../agreements/agreements-service.ts';
import type { GateFeature } from '../gate/gate-feature.ts';
import type { PersonStoreFeature } from '../person-store/person-store-feature.ts';
import type { InformationFacts } from './information-views.ts';

interface Sources {
  readonly gate: GateFeature;
  readonly personStore: PersonStoreFeature;
  readonly agreements: Agreements;
  /** Undefined while the idle lock is off. */
  readonly idle: { status(): IdleStatus | undefined };
}

/** Returns a function that reads the current facts. */
export function createInformationFacts(
  context: AgentContext,
  { gate, personStore, agreements, idle }: Sources,
): () => InformationFacts {
  const { config } = context;
  const status = (): Status => {
    const opening = gate.service.opening();
    const delivery = personStore.reporting()?.sender.status();
    return {
      gate: opening === undefined ? 'waiting-for-person' : opening === 'gate-disabled' ? 'off' : 'open',
      gateOpenedHow: opening ?? '',
      collector: delivery?.collector ?? (config().collectorUrl === '' ? 'not-configured' : 'not-reached'),
      collectorReachedAt: delivery?.reachedAt ?? '',
      queueLength: personStore.state()?.outbox.pendingCount() ?? 0,
      idle: idle.status() ?? idleOff,
    };
  };
  return () => ({
    config: config(),
    language: context.language.current(),
    account: context.account(),
    machine: context.machine,
    agreements: agreements.list(),
    status: status(),
    // Not while the gate is shut: the user has a more urgent task then.
    upcoming: gate.isShut()
      ? []
      : gate.upcoming().map(({ pack, dueOn }) => ({ title: pack.manifest.title, dueOn })),
    capabilities: context.capabilities(),
    agentVersion: context.agentVersion,
    runtimeVersion: `Electron ${context.runtimeVersions.electron}`,
  });
}
