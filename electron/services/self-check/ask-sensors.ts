/** Asks what the idle lock relies on: idle time, presence, and the system's own limit. */
import type { Result } from '../../../shared/lib/result.ts';
import type { PortFact, SelfCheckFacts } from '../../domain/self-check/evaluate-facts.ts';
import type { Sensors } from '../../platform/create-platform.ts';
import { type Asker, unloaded } from './ask.ts';

interface SensorFacts {
  readonly idle: PortFact;
  readonly presence: PortFact;
  readonly systemLimit: SelfCheckFacts['systemLimit'];
}

export async function askSensors(load: () => Promise<Sensors>, asker: Asker): Promise<SensorFacts> {
  const { ask, askPort, note } = asker;
  const loaded = await ask(load);
  if (!loaded.ok) {
    note('idle', 'presence', 'system-limit');
    const fact = unloaded(loaded.error);
    return { idle: fact, presence: fact, systemLimit: { kind: 'failed', reason: loaded.error } };
  }
  const { idle, presence } = loaded.value;
  const [idleAnswer, presenceAnswer, limit, controllers] = await Promise.all([
    askPort('idle', {
      capability: () => idle.capability(),
      read: () => idle.readSeconds(),
      describe: (seconds) => `${seconds} s`,
    }),
    askPort('presence', {
      capability: () => presence.capability(),
      read: () => presence.read(),
      // The kind, and not the program: that would say what the person does now.
      describe: (found) => found.map(({ kind }) => kind).join(', '),
    }),
    ask(() => idle.readSystemLimit(), 'system-limit'),
    ask(() => idle.findGameControllers()),
  ]);
  const count = controllers.ok ? controllers.value.length : 0;
  const { fact } = idleAnswer;
  return {
    idle: count === 0 ? fact : { ...fact, detail: `${fact.detail}; game controllers: ${count}` },
    presence: presenceAnswer.fact,
    systemLimit: toLimit(limit),
  };
}

function toLimit(
  asked: Result<Result<number | undefined, { readonly reason: string }>, string>,
): SelfCheckFacts['systemLimit'] {
  if (!asked.ok) return { kind: 'failed', reason: asked.error };
  return asked.value.ok
    ? { kind: 'read', seconds: asked.value.value }
    : { kind: 'failed', reason: asked.value.error.reason };
}
