/** `collector -- agent …`: lists, renames, expels and approves the agents of the school. */
import { CollectorError, UsageError } from './collector-error.ts';
import type { AgentRepository } from './repositories/agents.ts';
import { defaultSchoolId } from './schools.ts';

export const agentVerbs = ['list', 'rename', 'expel', 'approve'] as const;

/** Throws CollectorError for an agent that the school does not have, and for a missing label. */
export async function runAgentCommand(
  verb: (typeof agentVerbs)[number],
  agentId: string,
  label: string | undefined,
  agents: AgentRepository,
  { say, warn }: { readonly say: (line: string) => void; readonly warn: (line: string) => void },
): Promise<void> {
  if (verb === 'list') {
    const all = await agents.list(defaultSchoolId);
    if (all.length === 0) warn('No agent has enrolled yet.');
    for (const one of all) {
      const name = one.label === '' ? one.hostname : `${one.label} (${one.hostname})`;
      const account = one.account === '' ? 'account not named yet' : `${one.account} (claimed)`;
      say(`${one.agentId}  ${one.state}  ${name}  ${account}  last seen ${one.lastSeenAt}`);
    }
    return;
  }
  if (verb === 'rename' && label === undefined) throw new UsageError('--label is missing.');
  const found = await (verb === 'rename'
    ? agents.rename(defaultSchoolId, agentId, label ?? '')
    : agents.setState(defaultSchoolId, agentId, verb === 'expel' ? 'expelled' : 'active'));
  if (!found) throw new CollectorError(`There is no agent ${agentId}. See: agent list`);
  const done = { rename: 'renamed', expel: 'expelled', approve: 'approved' } as const;
  warn(`Agent ${agentId} is ${done[verb]}.`);
}
