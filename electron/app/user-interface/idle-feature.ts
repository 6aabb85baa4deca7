/** The idle lock as a feature. Loaded when the gate has painted or opened. */

import type { IdleStatus } from '../../../shared/ipc/information.ts';
import type { Refusal } from '../../ipc/register.ts';
import type { AgentContext } from '../../services/agent-context.ts';
import type { Feature } from '../../services/feature.ts';
import type { GateFeature } from '../../services/gate/gate-feature.ts';
import type { PersonStoreFeature } from '../../services/person-store/person-store-feature.ts';
import type { IdleLock } from './idle-lock.ts';

export interface IdleFeature extends Feature {
  /** Undefined while the idle lock is off. */
  status(): IdleStatus | undefined;
  /** Safe to call twice. */
  stop(): void;
}

interface Options {
  readonly gate: Pick<GateFeature, 'isShut'>;
  readonly personStore: Pick<PersonStoreFeature, 'state'>;
  readonly warning: IdleWarningFlag;
  readonly onRefused: (refusal: Refusal) => void;
}

/** Whether an idle warning is on the screen: the gate, which is built before, must not cover it. */
export interface IdleWarningFlag {
  isShown: () => boolean;
}

/** Runs while the gate is shut too: another person could answer at a PC that its user has left. */
export function createIdleFeature(context: AgentContext, options: Options): IdleFeature {
  const { gate, personStore, warning } = options;
  let idleLock: IdleLock | undefined;
  let isStopped = false;

  const stop = () => {
    idleLock?.stop();
    idleLock = undefined;
  };
  const start = async (): Promise<undefined> => {
    if (!context.config().idle.enabled) return;
    try {
      const { startIdle } = await import('./idle-lock.ts');
      const started = await startIdle({
        platform: context.platform,
        config: context.config,
        folders: context.folders,
        language: context.language,
        settings: () => personStore.state()?.settings,
        parties: context.parties,
        isGateShut: gate.isShut,
        report: context.report,
        onFault: context.onFault,
        onRefused: options.onRefused,
        onChanged: () => context.statusChanged.emit(),
        log: context.log,
      });
      if (isStopped) started.stop();
      else idleLock = started;
    } catch (error) {
      context.onFault({ fault: 'idle-not-watched', subject: 'idle', reason: String(error) });
    }
    context.statusChanged.emit();
  };
  warning.isShown = () => idleLock?.isWarning() ?? false;

  return {
    name: 'idle',
    startsAt: 'gate-settled',
    status: () => idleLock?.status(),
    capabilities: () =>
      idleLock === undefined
        ? []
        : [idleLock.sensors.idle.capability(), idleLock.sensors.presence.capability()],
    start,
    onSystem: (change) => idleLock?.noteSystem(change),
    onConfigChanged: async (changes) => {
      if (!changes.includes('idle')) return;
      stop();
      await start();
    },
    stop: () => {
      isStopped = true;
      stop();
    },
  };
}
