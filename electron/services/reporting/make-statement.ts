/** Signs for one collector what the agent has signed at the gate: the facts, and where and as which event they belong. */
import { acknowledgedDataSchema, maxEventBytes, type OutboxEvent } from '../../../shared/wire/events.ts';
import { statementHeader, statementPayload } from '../../../shared/wire/evidence.ts';
import type { Enrolment, Identity } from '../../storage/identity/identity.ts';

/** Longest compact JWS that the event's schema takes. */
const maxEvidenceCharacters = 48_000;
/** Room for `source`. */
const sourceBytes = 128;

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

/**
 * The same event unless it is an acknowledgement whose facts this key has signed, and the collector has a name. The agent
 * signs nothing that it finds in the outbox without its own signature, because others may write to that file. Ed25519
 * gives the same signature each time, so that a second delivery is the same event.
 */
export function makeStatement(
  event: OutboxEvent,
  { agentId, collector, school }: Enrolment,
  identity: Pick<Identity, 'keyId' | 'hasSigned' | 'signText'>,
): OutboxEvent {
  if (event.type !== 'porthor.policy.acknowledged.v1') return event;
  if (collector === undefined || school === undefined) return event;
  const parsed = acknowledgedDataSchema.safeParse(event.data);
  if (!parsed.success || !identity.hasSigned(parsed.data)) return event;
  const { id: eventId, sequence, previous = '' } = event;
  const place = { collector, school, agentId, eventId, sequence, previous };
  const header = encode(JSON.stringify(statementHeader(identity.keyId)));
  const input = `${header}.${encode(statementPayload(place, parsed.data))}`;
  const evidence = `${input}.${identity.signText(input)}`;
  const stated = { ...event, data: { ...parsed.data, evidence } };
  const isRoom =
    evidence.length <= maxEvidenceCharacters &&
    Buffer.byteLength(JSON.stringify(stated)) + sourceBytes <= maxEventBytes;
  // Facts that leave no room keep the signature from the gate.
  return isRoom ? stated : event;
}
