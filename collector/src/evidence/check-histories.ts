/** Checks the history of each agent: every event names the hash of the event before it. */
import { chainedEventText } from '../../../shared/wire/evidence.ts';
import type { EvidenceRepository, InHistory } from '../repositories/evidence.ts';
import { otherHistoryMark } from '../repositories/store-events.ts';
import { sha256Hex } from './chain-record.ts';
import type { Report } from './finding.ts';

const rowsPerPage = 1000;
const mostFindings = 200;
/** The collector opens no gap for a larger jump of the numbers. */
const largestGap = 100_000;

type StoredEvent = Awaited<ReturnType<EvidenceRepository['historyPage']>>[number];

export function hasOtherHistory(marks: string | null): boolean {
  return (marks ?? '').split(' ').includes(otherHistoryMark);
}

/** The other marks of an event. */
export function withoutHistory(marks: string | null): string | null {
  return marks === null
    ? null
    : marks
        .split(' ')
        .filter((mark) => mark !== otherHistoryMark)
        .join(' ');
}

function parse(raw: string): Parameters<typeof chainedEventText>[0] | undefined {
  try {
    return JSON.parse(raw) as Parameters<typeof chainedEventText>[0];
  } catch {
    return undefined;
  }
}

function hashOf({ raw }: StoredEvent): string | undefined {
  const event = parse(raw);
  try {
    return event === undefined ? undefined : sha256Hex(chainedEventText(event));
  } catch {
    return undefined;
  }
}

/** Events with one number of one agent: the first, and its forks. */
type Numbered = readonly StoredEvent[];

async function checkStep(
  repository: EvidenceRepository,
  before: Numbered,
  { agentId, sequence, eventId, marks, raw }: StoredEvent,
  found: Report,
): Promise<void> {
  // Parse only what can hold the member, because most of the time goes into parsing.
  const previous = raw.includes('"previous"') ? parse(raw)?.previous : undefined;
  // The mark says that the difference was there on arrival.
  if (typeof previous !== 'string' || hasOtherHistory(marks)) return;
  const [first] = before;
  const highest = first === undefined || first.agentId !== agentId ? 0 : first.sequence;
  if (highest === sequence - 1) {
    // An erased event has no text to hash; the log says that it was erased.
    const isErased = before.some((one) => one.raw === '');
    if (highest === 0 || isErased || before.some((one) => hashOf(one) === previous)) return;
    found(
      'altered',
      { eventId: first?.eventId ?? '' },
      `it is not the event that agent ${agentId} signed as the one before number ${sequence}`,
    );
    return;
  }
  const isTold = sequence - highest > largestGap || (await repository.isInGap(agentId, sequence - 1));
  if (isTold) return;
  found(
    'removed',
    { eventId },
    `number ${sequence - 1} of agent ${agentId}, which this event names as the one before it`,
  );
}

/** A part of all histories: events after one of them, up to the end of an agent's. */
export interface HistoryRange {
  readonly after: InHistory;
  /** Undefined: to the end. */
  readonly lastAgentId: string | undefined;
}

/**
 * Reports each event that was altered or removed after it had arrived, as far as a later event of its agent names it. A
 * range that starts within a history starts one event before the first that it checks.
 */
export async function checkHistories(
  repository: EvidenceRepository,
  { after: start, lastAgentId }: HistoryRange,
  found: Report,
): Promise<void> {
  let after = start;
  let before: Numbered = [];
  let current: StoredEvent[] = [];
  let findings = 0;
  const counting: Report = (...finding) => {
    findings += 1;
    found(...finding);
  };
  const isWithin = start.sequence > 0;
  for (;;) {
    const page = await repository.historyPage(after, lastAgentId, rowsPerPage);
    for (const event of page) {
      const [first] = current;
      if (first !== undefined && (first.agentId !== event.agentId || first.sequence !== event.sequence)) {
        before = current;
        current = [];
      }
      const isFirst = before.length === 0 && current.length === 0;
      if (!(isFirst && isWithin)) await checkStep(repository, before, event, counting);
      current.push(event);
      if (findings >= mostFindings) return;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < rowsPerPage) return;
    after = last;
  }
}
