/** Checks the events of one school and day that have no leaf of their own against the leaf of the day. */
import { evaluateEvent } from '../events/evaluate-event.ts';
import { hasWrongTime, wrongTimeMark } from '../events/event-times.ts';
import { splitBatch } from '../events/split-batch.ts';
import { memberLine, membersRoot, unpackMembers } from '../log/day.ts';
import { asKept } from '../repositories/as-kept.ts';
import type { EvidenceRepository } from '../repositories/evidence.ts';
import type { StoredDayEvent } from '../repositories/log-records.ts';
import { withoutHistory } from './check-histories.ts';
import { checkPurged, type Erased } from './erased.ts';
import { createFindings, type Finding, type Report } from './finding.ts';

interface SaidByEvent {
  readonly id?: unknown;
  readonly source?: unknown;
  readonly sequence?: unknown;
  readonly type?: unknown;
  readonly time?: unknown;
}

function parse(raw: string): SaidByEvent | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What ingest makes of the text. */
function readAgain(raw: string, agentId: string) {
  const [element] = splitBatch(`[${raw}]`);
  const evaluated = element === undefined ? undefined : evaluateEvent(element, JSON.parse(raw), agentId);
  return evaluated?.ok === true ? evaluated.value : undefined;
}

function checkColumns(event: StoredDayEvent, found: Report): void {
  const { eventId, agentId, raw } = event;
  const said = parse(raw);
  // Only a few are unreadable, and reading an event as ingest does takes long.
  const again = event.unreadable === null ? undefined : readAgain(raw, agentId);
  const isWrong = hasWrongTime([event.occurredAt], event.receivedAt);
  const marks = [...(event.fork === 0 ? [] : ['forked']), ...(isWrong ? [wrongTimeMark] : [])].join(' ');
  const columns: readonly (readonly [name: string, stored: unknown, expected: unknown])[] = [
    ['event_id', eventId, said?.id],
    ['agent_id', `porthor:agent:${agentId}`, said?.source],
    ['sequence', event.sequence, said?.sequence],
    ['type', event.type, asKept(again === undefined ? String(said?.type) : again.type)],
    ['occurred_at', event.occurredAt, again === undefined ? said?.time : again.occurredAt],
    ['marks', withoutHistory(event.marks), marks],
  ];
  for (const [name, stored, expected] of columns) {
    if (stored !== expected) found('altered', { eventId }, `column ${name} of the event`);
  }
  if (event.salt !== null && !/^[0-9a-f]{32}$/u.test(event.salt)) {
    found('altered', { eventId }, 'column salt of the event');
  }
  if (event.unreadable !== null && again !== undefined && again.unreadable === undefined) {
    found('altered', { eventId }, 'column unreadable of the event');
  }
}

interface DayFacts {
  readonly events?: unknown;
  readonly root?: unknown;
}

/** The lines of the day's tree, by the id of their event. Undefined where they are not those of the leaf. */
function readMembers(
  day: { readonly members: Uint8Array | null; readonly raw: string | null },
  name: string,
  found: Report,
): Map<string, string> | undefined {
  if (day.raw === null) {
    found('removed', {}, `the record of ${name}`);
    return undefined;
  }
  const lines = day.members === null ? undefined : unpackMembers(day.members);
  const facts = parse(day.raw) as DayFacts | undefined;
  if (lines === undefined || facts?.root !== membersRoot(lines) || facts.events !== lines.length) {
    found('altered', {}, `the list of the events of ${name}: it is not the one that the log holds`);
    return undefined;
  }
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line]));
}

/** The part of a line that an erased event still shows. */
function startOfLine({ eventId, position, receivedAt }: StoredDayEvent): string {
  return `${eventId} ${position} ${receivedAt} `;
}

/** Returns how many events of the day are as they arrived, how many were erased, and what is not as it should be. */
export async function checkDay(
  repository: EvidenceRepository,
  { schoolId, day }: { readonly schoolId: string; readonly day: string },
  erased: Erased,
): Promise<{ readonly events: number; readonly erased: number; readonly findings: readonly Finding[] }> {
  const { findings, found, isFull } = createFindings();
  if (!/^\d{4}-\d\d-\d\d$/u.test(day) || Number.isNaN(Date.parse(day))) {
    found('altered', {}, `column day of a day of ${schoolId}`);
    return { events: 0, erased: 0, findings };
  }
  const stored = await repository.day(schoolId, day);
  if (stored === undefined) return { events: 0, erased: 0, findings };
  const members = stored.recordId === null ? undefined : readMembers(stored, `${day} of ${schoolId}`, found);
  let events = 0;
  let erasedEvents = 0;
  const purged: StoredDayEvent[] = [];
  for await (const page of repository.dayEvents(schoolId, day)) {
    for (const event of page) {
      if (isFull()) break;
      const { eventId, raw } = event;
      const line = members?.get(eventId);
      members?.delete(eventId);
      if (raw === '' && event.salt === null && line?.startsWith(startOfLine(event)) !== false) {
        erasedEvents += 1;
        if (!erased.ids.has(eventId)) purged.push(event);
        continue;
      }
      events += 1;
      if (members !== undefined && line === undefined) {
        found('inserted', { eventId }, `it is not among the events of ${day} in the log`);
      } else if (line !== undefined && line !== memberLine(event)) {
        found(
          'altered',
          { eventId },
          'its text, salt, position or time of arrival is not what the log holds',
        );
      } else {
        checkColumns(event, found);
      }
    }
  }
  checkPurged({ schoolId, day }, purged, erased, found);
  for (const eventId of members?.keys() ?? []) {
    if (isFull()) break;
    found('removed', { eventId }, `it is no longer among the events of ${day}`);
  }
  return { events, erased: erasedEvents, findings };
}
