/** Compares an acknowledgement in the database with what arrived: its event, its row in the list, and its signature. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type AcknowledgedData, acknowledgedDataSchema } from '../../../shared/wire/events.ts';
import { readEvidence, type StatementPlace } from '../../../shared/wire/evidence.ts';
import { hasWrongTime, wrongTimeMark } from '../events/event-times.ts';
import { toAcknowledgementRow } from '../repositories/acknowledgement-row.ts';
import type { StoredAcknowledgement } from '../repositories/evidence.ts';
import { standingOf } from '../repositories/standing.ts';
import { evidenceTools, keyIdOf } from './check-evidence.ts';
import { hasOtherHistory, withoutHistory } from './check-histories.ts';
import type { Report } from './finding.ts';

/** What the collector adds on arrival, as the log or the chain holds it. */
interface ArrivedAs {
  readonly agentId: string;
  readonly receivedAt: string;
  readonly evidence: string;
  readonly keyId: string;
}

/** The shape of an event that the collector has accepted. */
interface ArrivedEvent {
  readonly id: unknown;
  readonly source: unknown;
  readonly type: unknown;
  readonly time: unknown;
  readonly sequence: unknown;
  readonly previous?: unknown;
  readonly data: AcknowledgedData;
}

export interface JudgeContext {
  readonly collectorName: string;
  /** The enrolled key of that name; undefined for none, and for one that no longer matches its name. */
  readonly findKey: (keyId: string) => Promise<KeyObject | undefined>;
}

/** Keys by name, each read once. */
export function createKeyRing(
  readKey: (keyId: string) => Promise<string | undefined>,
): JudgeContext['findKey'] {
  const known = new Map<string, KeyObject | undefined>();
  return async (keyId) => {
    if (!known.has(keyId)) {
      const x = await readKey(keyId);
      const isSame = x !== undefined && keyIdOf(x) === keyId;
      known.set(
        keyId,
        isSame ? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) : undefined,
      );
    }
    return known.get(keyId);
  };
}

/**
 * The event and the row that follows from it. The schema parsed this text on arrival, so no schema is needed again. An
 * attacker who recomputed the hashes may have stored anything: a text that throws is not an event.
 */
function readArrived(
  raw: string,
): { readonly event: ArrivedEvent; readonly row: ReturnType<typeof toAcknowledgementRow> } | undefined {
  try {
    const event = JSON.parse(raw) as ArrivedEvent;
    return { event, row: toAcknowledgementRow(String(event.id), event.data) };
  } catch {
    return undefined;
  }
}

function isOutOfTime(event: ArrivedEvent, receivedAt: string): boolean {
  return hasWrongTime([String(event.time), event.data.decidedAt], receivedAt);
}

/** The marks that ingest gives to such an event, without the one about its history. */
function expectedMarks(fork: number | null, isWrong: boolean): string {
  return [...(fork === 0 ? [] : ['forked']), ...(isWrong ? [wrongTimeMark] : [])].join(' ');
}

/** The standing that ingest gives to such an acknowledgement. */
function expectedStanding(
  row: StoredAcknowledgement,
  event: ArrivedEvent,
  accountKey: string,
  arrived: ArrivedAs,
): string {
  return standingOf({
    evidence: arrived.evidence,
    // Null in a database from before agents were bound to an account.
    isOwnAccount: row.agentAccountKey === null || row.agentAccountKey === accountKey,
    isForked: (row.eventFork ?? 0) > 0,
    hasOtherHistory: hasOtherHistory(row.eventMarks),
    hasWrongTime: isOutOfTime(event, arrived.receivedAt),
    isPublished: (row.timesPublished ?? 0) > 0,
  });
}

type Column = readonly (readonly [name: string, stored: unknown, expected: unknown])[];

function judgeList(
  row: StoredAcknowledgement,
  event: ArrivedEvent,
  expected: ReturnType<typeof toAcknowledgementRow>,
  arrived: ArrivedAs,
  found: (kind: 'altered' | 'removed', detail: string) => void,
): void {
  if (row.listPosition === null) {
    found('removed', 'its row in the list of acknowledgements');
    return;
  }
  for (const [name, value] of Object.entries(expected)) {
    if (name !== 'event_id' && Reflect.get(row, name) !== value) {
      found('altered', `column ${name} of the list`);
    }
  }
  const columns: Column = [
    ['school_id', row.listSchoolId, row.agentSchoolId],
    ['evidence', row.listEvidence, arrived.evidence],
    ['standing', row.listStanding, expectedStanding(row, event, expected.account_key, arrived)],
  ];
  for (const [name, stored, value] of columns) {
    if (stored !== value) found('altered', `column ${name} of the list`);
  }
}

/** Agents write the facts in the schema's order. Facts in another order are sorted and checked again. */
function checkSignature(
  data: AcknowledgedData,
  place: StatementPlace,
  key: KeyObject | undefined,
  keyId: string,
) {
  const read = (facts: AcknowledgedData) => readEvidence(facts, evidenceTools, place);
  let evidence = read(data);
  if (!evidence.ok && evidence.error === 'other-facts') {
    const ordered = acknowledgedDataSchema.safeParse(data);
    if (ordered.success) evidence = read(ordered.data);
  }
  if (!evidence.ok) return evidence.error;
  if (key === undefined || evidence.value.keyId !== keyId) return 'unknown-key';
  const { signingInput, signature } = evidence.value;
  return verify(null, Buffer.from(signingInput, 'latin1'), key, signature) ? undefined : 'wrong-signature';
}

/** `row.raw` is what arrived: its hash has been compared. */
export async function judgeAcknowledgement(
  row: StoredAcknowledgement & { readonly raw: string },
  arrived: ArrivedAs,
  context: JudgeContext,
  report: Report,
  at: Parameters<Report>[1],
): Promise<void> {
  const found = (kind: Parameters<Report>[0], detail: string): void => report(kind, at, detail);
  // The collector could not read it when it arrived, so nothing in the list follows from it.
  if (arrived.evidence === 'unreadable') return;
  const read = readArrived(row.raw);
  if (read === undefined) {
    found('altered', 'the text of the event is none that was ever taken');
    return;
  }
  const { event } = read;
  const columns: Column = [
    ['event_id', row.eventId, event.id],
    ['agent_id', `porthor:agent:${row.eventAgentId ?? ''}`, event.source],
    ['agent_id on arrival', `porthor:agent:${arrived.agentId}`, event.source],
    ['sequence', row.eventSequence, event.sequence],
    ['type', row.eventType, event.type],
    ['occurred_at', row.eventOccurredAt, event.time],
    ['received_at', row.eventReceivedAt, arrived.receivedAt],
    ['school_id', row.eventSchoolId, row.agentSchoolId],
    ['unreadable', row.eventUnreadable, null],
    [
      'marks',
      withoutHistory(row.eventMarks),
      expectedMarks(row.eventFork, isOutOfTime(event, arrived.receivedAt)),
    ],
  ];
  for (const [name, stored, expected] of columns) {
    if (stored !== expected) found('altered', `column ${name} of the event`);
  }
  judgeList(row, event, read.row, arrived, found);
  // Bad evidence is not checked again: the log proves that its text is what arrived.
  if (arrived.evidence !== 'valid' && arrived.evidence !== 'unbound') return;
  const place: StatementPlace = {
    collector: context.collectorName,
    school: row.agentSchoolId ?? '',
    agentId: arrived.agentId,
    eventId: row.eventId,
    sequence: row.eventSequence ?? 0,
    previous: typeof event.previous === 'string' ? event.previous : '',
  };
  const key = await context.findKey(arrived.keyId);
  const problem = checkSignature(event.data, place, key, arrived.keyId);
  if (problem === undefined) return;
  if (problem === 'unknown-key') found('removed', 'the key that its signature was made with');
  else if (problem === 'replayed') found('replayed', 'its signed statement is for another place');
  else found('altered', `its signature: ${problem}`);
}
