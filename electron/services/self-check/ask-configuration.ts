/** Asks what the administrator has set. */
import { defaultManagedConfig, type ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { SelfCheckFacts } from '../../domain/self-check/evaluate-facts.ts';
import type {
  ManagedConfigAnswer,
  ManagedConfigPort,
} from '../../platform/managed-config/managed-config-port.ts';
import type { Asker } from './ask.ts';

const mostProblems = 5;

/** `config` holds the defaults where the configuration cannot be read. */
export async function askConfiguration(
  port: ManagedConfigPort,
  { ask }: Asker,
): Promise<{ readonly config: ManagedConfig; readonly fact: SelfCheckFacts['configuration'] }> {
  const asked = await ask(() => port.read(), 'configuration');
  const answer: ManagedConfigAnswer = asked.ok
    ? asked.value
    : { kind: 'unreadable', reason: asked.error, from: '' };
  return {
    config: answer.kind === 'loaded' ? answer.config : defaultManagedConfig,
    fact: toFact(answer, port.capability()),
  };
}

function toFact(answer: ManagedConfigAnswer, { reason }: Capability): SelfCheckFacts['configuration'] {
  switch (answer.kind) {
    case 'absent':
      return answer;
    case 'loaded':
      return {
        kind: 'loaded',
        detail: reason === '' ? sourceOf(answer.from) : `${sourceOf(answer.from)}; ${reason}`,
      };
    case 'invalid': {
      // Written as the registry groups them: with a dot, a key would be hidden as the name of a host.
      const problems = answer.problems
        .slice(0, mostProblems)
        .map((problem) => `${problem.key.replaceAll('.', '/')}: ${problem.reason}`);
      const more = answer.problems.length - problems.length;
      return {
        kind: 'invalid',
        detail: [sourceOf(answer.from), ...problems, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
      };
    }
    case 'unreadable':
      return { kind: 'unreadable', detail: `${sourceOf(answer.from)}; ${answer.reason}` };
  }
}

/** The kind of place only: a path or a registry key may hold a name. */
function sourceOf(from: string): string {
  if (/^HKLM\\SOFTWARE\\Policies\\/iu.test(from)) return 'Group Policy';
  if (/^HKLM\\/iu.test(from)) return 'installer';
  return 'file';
}
