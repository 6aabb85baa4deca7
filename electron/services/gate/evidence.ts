/** Signs the facts of an acknowledgement with the agent's key, so that they can be proven long after. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { type AcknowledgedData, acknowledgedDataSchema, maxEventBytes } from '../../../shared/wire/events.ts';
import { evidenceHeader, evidencePayload } from '../../../shared/wire/evidence.ts';
import type { Identity } from '../../storage/identity/identity.ts';
import type { AcknowledgementEvent } from './acknowledgement.ts';

/** Longest compact JWS that the event's schema takes. */
const maxEvidenceCharacters = 48_000;
/** Room in the event for everything beside its data. */
const envelopeBytes = 2048;

type SigningKey = Pick<Identity, 'keyId' | 'privateKey'>;

/** A compact JWS (RFC 7515) with EdDSA (RFC 8037). Fails only if the facts leave no room for it. */
async function signFacts(data: AcknowledgedData, key: SigningKey): Promise<Result<string, string>> {
  const payload = new TextEncoder().encode(evidencePayload(acknowledgedDataSchema.parse(data)));
  // Load the library after an answer, because it would delay the first screen.
  const { CompactSign } = await import('jose/jws/compact/sign');
  const evidence = await new CompactSign(payload)
    .setProtectedHeader(evidenceHeader(key.keyId))
    .sign(key.privateKey);
  const isRoom =
    evidence.length <= maxEvidenceCharacters &&
    payload.length + evidence.length + envelopeBytes <= maxEventBytes;
  return isRoom ? succeed(evidence) : fail('the facts are so long that their signature finds no room');
}

/**
 * The acknowledgement with its evidence, or unsigned if it cannot be signed: a lost key never loses a user's answer.
 * `onUnsigned` receives the reason.
 */
export async function withEvidence(
  event: AcknowledgementEvent,
  key: SigningKey | undefined,
  onUnsigned: (reason: string) => void,
): Promise<AcknowledgementEvent> {
  const signed =
    key === undefined
      ? fail('the agent’s key cannot be used')
      : await signFacts(event.data, key).catch((error: unknown) =>
          fail(error instanceof Error ? error.message : String(error)),
        );
  if (signed.ok) return { ...event, data: { ...event.data, evidence: signed.value } };
  onUnsigned(signed.error);
  return event;
}
