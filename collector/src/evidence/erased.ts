/** What was erased, as the records of the erasures in the log say. */
import { idsSha256 } from '../privacy/erase-events.ts';
import { kindOfEvent } from '../privacy/event-kinds.ts';
import type { EvidenceRepository } from '../repositories/evidence.ts';
import type { StoredDayEvent } from '../repositories/log-records.ts';
import { readRecords } from './compare-rows.ts';
import type { Report } from './finding.ts';

/** The events of one kind of a day, erased together because their time was over. */
interface PurgedDay {
  readonly kind: string;
  readonly events: number;
  readonly sha256: string;
}

export interface Erased {
  /** Ids of events and records that are named one by one. */
  readonly ids: ReadonlySet<string>;
  /** By school and day. */
  readonly days: ReadonlyMap<string, readonly PurgedDay[]>;
}

function nameOfDay(schoolId: string, day: string): string {
  return `${day} ${schoolId}`;
}

export async function readErased(repository: EvidenceRepository): Promise<Erased> {
  const ids = new Set<string>();
  const days = new Map<string, PurgedDay[]>();
  for (const facts of (await readRecords(repository, 'erasure')).values()) {
    const { records, day } = facts;
    if (Array.isArray(records)) for (const id of records) ids.add(String(id));
    if (typeof day !== 'string') continue;
    const name = nameOfDay(String(facts['school']), day);
    const purged = {
      kind: String(facts['of']),
      events: Number(facts['events']),
      sha256: String(facts['sha256']),
    };
    days.set(name, [...(days.get(name) ?? []), purged]);
  }
  return { ids, days };
}

/** Compares the erased events of a day that no record names one by one with what the log says of the day. */
export function checkPurged(
  { schoolId, day }: { readonly schoolId: string; readonly day: string },
  gone: readonly Pick<StoredDayEvent, 'eventId' | 'type'>[],
  erased: Erased,
  found: Report,
): void {
  const purged = erased.days.get(nameOfDay(schoolId, day)) ?? [];
  const byKind = new Map<string, string[]>();
  for (const { eventId, type } of gone) {
    const kind = kindOfEvent(type);
    byKind.set(kind, [...(byKind.get(kind) ?? []), eventId]);
  }
  for (const [kind, ids] of byKind) {
    const record = purged.find((one) => one.kind === kind);
    if (record === undefined) {
      for (const eventId of ids)
        found('removed', { eventId }, 'its text, and no record in the log says that it was erased');
    } else if (record.events !== ids.length || record.sha256 !== idsSha256(ids)) {
      found(
        'altered',
        {},
        `the events of ${day} of kind ${kind}: ${ids.length} have no text, and the log says that other ${record.events} were erased`,
      );
    }
  }
  for (const { kind } of purged) {
    if (!byKind.has(kind)) found('altered', {}, `the erased events of ${day} of kind ${kind} are not there`);
  }
}
