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
  /** Hash of the event with the highest number; empty where it is not known. */
  readonly historySha256: string;
}

interface SequencedEvent {
  readonly sequence: number;
  readonly previous: string;
  readonly historySha256: string;
}

interface Sender {
  readonly schoolId: string;
  readonly agentId: string;
  readonly at: string;
}

/**
 * Finds the events that name another event before them than the one that is there: the agent's history was cut or
 * reordered. `events` are new ones of one agent, without forks.
 */
export function findOtherHistories<Event extends SequencedEvent>(
  agent: AgentSequences,
  events: readonly Event[],
): readonly Event[] {
  const found: Event[] = [];
  let before = { sequence: agent.highest, sha256: agent.historySha256 };
  for (const event of events.toSorted((left, right) => left.sequence - right.sequence)) {
    if (event.sequence <= agent.highest) continue;
    const isNext = event.sequence === before.sequence + 1 && before.sha256 !== '' && event.previous !== '';
    if (isNext && event.previous !== before.sha256) found.push(event);
    before = { sequence: event.sequence, sha256: event.historySha256 };
  }
  return found;
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
  fresh: readonly {
    readonly input: Sender;
    readonly event: SequencedEvent;
    readonly fork: number;
  }[],
): Promise<readonly AuditEntry[]> {
  const sequencesOf = new Map<string, SequencedEvent[]>();
  for (const { input, event, fork } of fresh) {
    // A fork has a number that is used already, so it changes nothing here.
    if (fork > 0) continue;
    const list = sequencesOf.get(input.agentId);
    if (list === undefined) sequencesOf.set(input.agentId, [event]);
    else list.push(event);
  }
  const faults: AuditEntry[] = [];
  const lastBatch = new Map(senders.map((sender) => [sender.agentId, sender]));
  for (const agentId of [...lastBatch.keys()].sort()) {
    const sender = lastBatch.get(agentId);
    if (sender === undefined) continue;
    let highest = agents.get(agentId)?.highest ?? 0;
    let hasJumped = agents.get(agentId)?.hasJumped ?? false;
    let newest = agents.get(agentId)?.historySha256 ?? '';
    const events = sequencesOf.get(agentId) ?? [];
    for (const { sequence, historySha256 } of events.sort((left, right) => left.sequence - right.sequence)) {
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
        newest = historySha256;
      }
    }
    await transaction
      .updateTable('agents')
      .set({
        highest_sequence: highest,
        has_jumped: hasJumped ? 1 : 0,
        history_sha256: newest,
        last_seen_at: sender.at,
      })
      .where('agent_id', '=', agentId)
      .execute();
  }
  return faults;
}
