/** The evidence of an acknowledgement: the same facts as a compact JWS (RFC 7515, RFC 8037), for both sides. */
import { z } from 'zod';
import { fail, type Result, succeed } from '../lib/result.ts';
import { type AcknowledgedData, receivedDataSchemas } from './events.ts';

const keyIdSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/u);

/**
 * `typ` names the signed content, so that a signature for one purpose never counts for another (RFC 7515, 4.1.9). `kid` is
 * the key's thumbprint. No other member is allowed, because an unknown one could change the meaning.
 */
const evidenceHeaderSchema = z.strictObject({
  alg: z.literal('EdDSA'),
  typ: z.literal('porthor-acknowledgement+jws'),
  kid: keyIdSchema,
});
type EvidenceHeader = z.infer<typeof evidenceHeaderSchema>;

export function evidenceHeader(keyId: string): EvidenceHeader {
  return { alg: 'EdDSA', typ: 'porthor-acknowledgement+jws', kid: keyId };
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
  /** Signed with another key than the agent's. */
  | 'unknown-key'
  | 'wrong-signature';

export interface ReadEvidence {
  readonly keyId: string;
  /** The signed ASCII text. */
  readonly signingInput: string;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Checks the evidence except the signature itself, which only the process can check. Never throws. */
export function readEvidence(
  data: AcknowledgedData,
  tools: EvidenceTools,
): Result<ReadEvidence, Extract<EvidenceProblem, 'missing' | 'malformed' | 'other-facts'>> {
  const { evidence } = data;
  if (evidence === undefined) return fail('missing');
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/u.exec(evidence);
  const [, header = '', payload = '', signature = ''] = parts ?? [];
  const parsedHeader = parts === null ? undefined : evidenceHeaderSchema.safeParse(parse(header, tools));
  if (parsedHeader?.success !== true) return fail('malformed');
  const facts = evidencePayload(data);
  if (tools.encodeText(facts) !== payload && !saysTheSame(parse(payload, tools), facts)) {
    return fail('other-facts');
  }
  return succeed({
    keyId: parsedHeader.data.kid,
    signingInput: `${header}.${payload}`,
    signature: tools.decodeBytes(signature),
  });
}

/** Other agents may write the same facts in another order or with other white space. */
function saysTheSame(payload: unknown, facts: string): boolean {
  const parsed = receivedDataSchemas['porthor.policy.acknowledged.v1'].safeParse(payload);
  return parsed.success && parsed.data.evidence === undefined && evidencePayload(parsed.data) === facts;
}

function parse(base64url: string, tools: EvidenceTools): unknown {
  try {
    return JSON.parse(tools.decodeText(base64url));
  } catch {
    return undefined;
  }
}
