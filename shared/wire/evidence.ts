/**
 * The evidence of an acknowledgement: a compact JWS (RFC 7515, RFC 8037), for both sides. At the gate the agent signs the
 * facts. When it sends them it signs a statement: the facts, and where and as which of its events it reports them.
 */
import { z } from 'zod';
import { fail, type Result, succeed } from '../lib/result.ts';
import { type AcknowledgedData, type OutboxEvent, receivedDataSchemas } from './events.ts';

const keyIdSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/u);

/**
 * `typ` names the signed content, so that a signature for one purpose never counts for another (RFC 7515, 4.1.9). `kid` is
 * the key's thumbprint. No other member is allowed, because an unknown one could change the meaning.
 */
const evidenceHeaderSchema = z.strictObject({
  // Two names of one algorithm: RFC 8037, and RFC 9864. The agent writes the first, which every reader knows.
  alg: z.enum(['EdDSA', 'Ed25519']),
  typ: z.enum(['porthor-acknowledgement+jws', 'porthor-statement+jws']),
  kid: keyIdSchema,
});
type EvidenceHeader = z.infer<typeof evidenceHeaderSchema>;

/** Of the facts alone, as the agent signs them at the gate. */
export function evidenceHeader(keyId: string): EvidenceHeader {
  return { alg: 'EdDSA', typ: 'porthor-acknowledgement+jws', kid: keyId };
}

/** Of a statement, as the agent signs it for one collector. */
export function statementHeader(keyId: string): EvidenceHeader {
  return { alg: 'EdDSA', typ: 'porthor-statement+jws', kid: keyId };
}

/** The text whose SHA-256, in base64url, identifies an Ed25519 key: RFC 7638, with members in its order. */
export function keyThumbprintText(x: string): string {
  return JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
}

/**
 * The text that an enrolling agent signs to prove that it holds its key. It contains the enrolment token, so that a proof
 * from one school is worthless at another.
 */
export function enrolmentProofText(request: {
  readonly enrolmentToken: string;
  readonly machine: { readonly id: string };
  readonly publicKey: { readonly x: string };
}): string {
  return JSON.stringify([
    'porthor-enrolment-v1',
    request.enrolmentToken,
    request.machine.id,
    request.publicKey.x,
  ]);
}

/** The signed facts: all members but the evidence. `data` comes from its schema, so that their order is always the same. */
export function evidencePayload(data: AcknowledgedData): string {
  const { evidence: _evidence, ...facts } = data;
  return JSON.stringify(facts);
}

/** Where an acknowledgement belongs: a copy of it anywhere else is a replay. */
export interface StatementPlace {
  /** The collector's own name, which it gives at enrolment. */
  readonly collector: string;
  readonly school: string;
  readonly agentId: string;
  readonly eventId: string;
  readonly sequence: number;
  /** `previous` of the event: the hash of this agent's event before, or empty. */
  readonly previous: string;
}

/** The signed text of a statement. `data` comes from its schema, as for `evidencePayload`. */
export function statementPayload(place: StatementPlace, data: AcknowledgedData): string {
  const { evidence: _evidence, ...facts } = data;
  const { collector, school, agentId, eventId, sequence, previous } = place;
  return JSON.stringify({ collector, school, agent: agentId, event: eventId, sequence, previous, facts });
}

const statementSchema = z.strictObject({
  collector: z.string(),
  school: z.string(),
  agent: z.string(),
  event: z.string(),
  sequence: z.number(),
  previous: z.string(),
  facts: receivedDataSchemas['porthor.policy.acknowledged.v1'],
});

/**
 * The text whose SHA-256, in hex, the agent's next event carries in `previous`. It leaves out the source and the
 * evidence, because the agent adds both only when it sends the event. Members of `data` keep the order of the event.
 */
export function chainedEventText(
  event: Pick<OutboxEvent, 'id' | 'type' | 'subject' | 'time' | 'sequence' | 'previous' | 'data'>,
): string {
  const { id, type, subject, time, sequence, previous = '', data } = event;
  const { evidence: _evidence, ...facts } = data;
  return JSON.stringify(['porthor-event-v1', id, type, subject, time, sequence, previous, facts]);
}

/** The process's own base64url. Texts are UTF-8. */
export interface EvidenceTools {
  encodeText(text: string): string;
  decodeText(base64url: string): string;
  decodeBytes(base64url: string): Uint8Array;
}

export type EvidenceProblem =
  | 'missing'
  | 'malformed'
  /** The signed facts differ from the event. */
  | 'other-facts'
  /** A statement for another collector, school, agent, event or number: a copy, or an event that was moved. */
  | 'replayed'
  /** Signed with another key than the agent's. */
  | 'unknown-key'
  | 'wrong-signature';

export interface ReadEvidence {
  /** `facts`: it does not say where it belongs. */
  readonly form: 'statement' | 'facts';
  readonly keyId: string;
  /** The signed ASCII text. */
  readonly signingInput: string;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

type ReadProblem = Extract<EvidenceProblem, 'missing' | 'malformed' | 'other-facts' | 'replayed'>;

/**
 * Checks the evidence except the signature itself, which only the process can check. Never throws. Without a place it
 * takes the facts alone.
 */
export function readEvidence(
  data: AcknowledgedData,
  tools: EvidenceTools,
  place?: StatementPlace,
): Result<ReadEvidence, ReadProblem> {
  const { evidence } = data;
  if (evidence === undefined) return fail('missing');
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/u.exec(evidence);
  const [, header = '', payload = '', signature = ''] = parts ?? [];
  const parsedHeader = parts === null ? undefined : evidenceHeaderSchema.safeParse(parse(header, tools));
  if (parsedHeader?.success !== true) return fail('malformed');
  const isStatement = parsedHeader.data.typ === 'porthor-statement+jws';
  if (isStatement && place === undefined) return fail('malformed');
  const expected = isStatement && place !== undefined ? statementPayload(place, data) : evidencePayload(data);
  if (tools.encodeText(expected) !== payload) {
    const said = parse(payload, tools);
    const problem =
      isStatement && place !== undefined ? compareStatement(said, place, data) : compareFacts(said, data);
    if (problem !== undefined) return fail(problem);
  }
  return succeed({
    form: isStatement ? 'statement' : 'facts',
    keyId: parsedHeader.data.kid,
    signingInput: `${header}.${payload}`,
    signature: tools.decodeBytes(signature),
  });
}

/** Other agents may write the same facts in another order or with other white space. */
function compareFacts(said: unknown, data: AcknowledgedData): 'other-facts' | undefined {
  const parsed = receivedDataSchemas['porthor.policy.acknowledged.v1'].safeParse(said);
  const isSame =
    parsed.success &&
    parsed.data.evidence === undefined &&
    evidencePayload(parsed.data) === evidencePayload(data);
  return isSame ? undefined : 'other-facts';
}

function compareStatement(
  said: unknown,
  place: StatementPlace,
  data: AcknowledgedData,
): 'malformed' | 'other-facts' | 'replayed' | undefined {
  const parsed = statementSchema.safeParse(said);
  if (!parsed.success) return 'malformed';
  const { facts, ...where } = parsed.data;
  const isHere =
    where.collector === place.collector &&
    where.school === place.school &&
    where.agent === place.agentId &&
    where.event === place.eventId &&
    where.sequence === place.sequence &&
    where.previous === place.previous;
  return isHere ? compareFacts(facts, data) : 'replayed';
}

function parse(base64url: string, tools: EvidenceTools): unknown {
  try {
    return JSON.parse(tools.decodeText(base64url));
  } catch {
    return undefined;
  }
}
