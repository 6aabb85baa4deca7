/** Agents that sign what they acknowledge, as the real one does: with jose, which the collector itself does not use. */
import type { KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { keyIdOf } from '../../../collector/src/evidence/check-evidence.ts';
import type { AcknowledgedData, WireEvent } from '../../../shared/wire/events.ts';
import { evidenceHeader, evidencePayload } from '../../../shared/wire/evidence.ts';
import {
  acknowledgedData,
  enrol,
  knownAgent,
  makePublicKey,
  privateKeyOf,
  type TestAgent,
  type TestCollector,
} from './collector.ts';

/** `x` names the key in the header, whichever key signs. */
export function signFacts(data: AcknowledgedData, x: string, key: KeyObject): Promise<string> {
  return new CompactSign(Buffer.from(evidencePayload(data)))
    .setProtectedHeader(evidenceHeader(keyIdOf(x)))
    .sign(key);
}

export interface SigningAgent extends TestAgent {
  readonly publicKey: ReturnType<typeof makePublicKey>;
  readonly privateKey: KeyObject;
  signed(data?: Partial<AcknowledgedData>): Promise<WireEvent>;
}

export async function makeSigningAgent({
  collector,
  address,
}: Pick<TestCollector, 'collector' | 'address'>): Promise<SigningAgent> {
  const publicKey = makePublicKey();
  const privateKey = privateKeyOf(publicKey);
  const { agentId, agentToken } = await enrol(address, await collector.createEnrolmentToken(), publicKey);
  const agent = knownAgent(address, agentId, agentToken);
  return {
    ...agent,
    publicKey,
    privateKey,
    signed: async (changes = {}) => {
      const data = acknowledgedData(changes);
      return agent.acknowledgement({ ...data, evidence: await signFacts(data, publicKey.x, privateKey) });
    },
  };
}
