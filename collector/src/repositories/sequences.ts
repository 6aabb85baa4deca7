/** Follows the sequence numbers of each agent: a number that never arrives proves that an event was lost. */
import type { Transaction } from 'kysely';
import type { Tables } from '../storage/tables.ts';
import type { AuditEntry } from './audit.ts';

/** No agent loses this many events at once. A larger jump is a fault, and opens no gap. */
const largestGap = 100_000;

export interface AgentSequences {
  /** Highest sequence number, without those after a jump; 0 before the first event. */
  readonly highest: number;
  /** Events lie above the highest number. */
  readonly hasJumped: boolean;
}

interface Sender {
  readonly schoolId: string;
  readonly agentId: string;
  readonly at: string;
}

async function openGap(
  transaction: Transaction<Tables>,
  gap: {
    readonly agentId: string;
    readonly first: number;
    readonly last: number;
    readonly noticedAt: string;
  },
): Promise<void> {
  await transaction
    .insertInto('sequence_gaps')
    .values({
      agent_id: gap.agentId,
      first_sequence: gap.first,
      last_sequence: gap.last,
      noticed_at: gap.noticedAt,
    })
    .execute();
}

/** Closes or shrinks the gap that a late event fills. */
async function fillGap(transaction: Transaction<Tables>, agentId: string, sequence: number): Promise<void> {
  const gap = await transaction
    .selectFrom('sequence_gaps')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('first_sequence', '<=', sequence)
    .orderBy('first_sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (gap === undefined || gap.last_sequence < sequence) return;
  await transaction
    .deleteFrom('sequence_gaps')
    .where('agent_id', '=', agentId)
    .where('first_sequence', '=', gap.first_sequence)
    .execute();
  const noticedAt = gap.noticed_at;
  if (gap.first_sequence < sequence) {
    await openGap(transaction, { agentId, first: gap.first_sequence, last: sequence - 1, noticedAt });
  }
  if (gap.last_sequence > sequence) {
    await openGap(transaction, { agentId, first: sequence + 1, last: gap.last_sequence, noticedAt });
  }
}

/**
 * Opens a gap for numbers that were jumped over, closes gaps that late events fill, and records when each sender was
 * last seen. Returns the faults to note.
 */
export async function noteSequences(
  transaction: Transaction<Tables>,
  senders: readonly Sender[],
  agents: ReadonlyMap<string, AgentSequences>,
  fresh: readonly { readonly input: Sender; readonly event: { readonly sequence: number } }[],
): Promise<readonly AuditEntry[]> {
  const sequencesOf = new Map<string, number[]>();
  for (const { input, event } of fresh) {
    const list = sequencesOf.get(input.agentId);
    if (list === undefined) sequencesOf.set(input.agentId, [event.sequence]);
    else list.push(event.sequence);
  }
  const faults: AuditEntry[] = [];
  const lastBatch = new Map(senders.map((sender) => [sender.agentId, sender]));
  for (const agentId of [...lastBatch.keys()].sort()) {
    const sender = lastBatch.get(agentId);
    if (sender === undefined) continue;
    let highest = agents.get(agentId)?.highest ?? 0;
    let hasJumped = agents.get(agentId)?.hasJumped ?? false;
    for (const sequence of (sequencesOf.get(agentId) ?? []).sort((left, right) => left - right)) {
      if (sequence <= highest) {
        await fillGap(transaction, agentId, sequence);
      } else if (sequence - highest > largestGap) {
        hasJumped = true;
        faults.push({
          schoolId: sender.schoolId,
          at: sender.at,
          actor: `agent:${agentId}`,
          act: 'sequence-jump',
          subject: '',
          detail: `from ${highest} to ${sequence}`,
        });
      } else {
        if (sequence > highest + 1) {
          await openGap(transaction, {
            agentId,
            first: highest + 1,
            last: sequence - 1,
            noticedAt: sender.at,
          });
        }
        highest = sequence;
      }
    }
    await transaction
      .updateTable('agents')
      .set({ highest_sequence: highest, has_jumped: hasJumped ? 1 : 0, last_seen_at: sender.at })
      .where('agent_id', '=', agentId)
      .execute();
  }
  return faults;
}
