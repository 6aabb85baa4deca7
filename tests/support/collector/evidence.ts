/** Agents that sign what they acknowledge, as the real one does: with jose, which the collector itself does not use. */
import { createHash, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { keyIdOf } from '../../../collector/src/evidence/check-evidence.ts';
import type { AcknowledgedData, WireEvent } from '../../../shared/wire/events.ts';
import {
  chainedEventText,
  evidenceHeader,
  evidencePayload,
  type StatementPlace,
  statementHeader,
  statementPayload,
} from '../../../shared/wire/evidence.ts';
import {
  acknowledgedData,
  enrol,
  knownAgent,
  makePublicKey,
  privateKeyOf,
  type TestAgent,
  type TestCollector,
} from './collector.ts';

/** The signature from the gate, over the facts alone. `x` names the key in the header, whichever key signs. */
export function signFacts(data: AcknowledgedData, x: string, key: KeyObject): Promise<string> {
  return new CompactSign(Buffer.from(evidencePayload(data)))
    .setProtectedHeader(evidenceHeader(keyIdOf(x)))
    .sign(key);
}

function signStatement(
  place: StatementPlace,
  data: AcknowledgedData,
  x: string,
  key: KeyObject,
): Promise<string> {
  return new CompactSign(Buffer.from(statementPayload(place, data)))
    .setProtectedHeader(statementHeader(keyIdOf(x)))
    .sign(key);
}

export interface SigningAgent extends TestAgent {
  readonly publicKey: ReturnType<typeof makePublicKey>;
  readonly privateKey: KeyObject;
  /** Where the collector keeps an event of this agent. */
  placeOf(event: Pick<WireEvent, 'id' | 'sequence' | 'previous'>): StatementPlace;
  /** The same acknowledgement with a statement, for the place that it has or for another one. */
  state(event: WireEvent, place?: Partial<StatementPlace>): Promise<WireEvent>;
  signed(data?: Partial<AcknowledgedData>): Promise<WireEvent>;
}

export async function makeSigningAgent(
  { collector, address }: Pick<TestCollector, 'collector' | 'address'>,
  publicKey = makePublicKey(),
): Promise<SigningAgent> {
  const privateKey = privateKeyOf(publicKey);
  const enrolled = await enrol(address, await collector.createEnrolmentToken(), publicKey);
  const { agentId, agentToken, collector: name = '', school = '' } = enrolled;
  const agent = knownAgent(address, agentId, agentToken);
  const placeOf: SigningAgent['placeOf'] = ({ id, sequence, previous = '' }) => ({
    collector: name,
    school,
    agentId,
    eventId: id,
    sequence,
    previous,
  });
  const state: SigningAgent['state'] = async (event, place = {}) => {
    const { evidence: _evidence, ...facts } = event.data;
    const data = facts as AcknowledgedData;
    const stated = { ...placeOf(event), ...place };
    return {
      ...event,
      data: { ...data, evidence: await signStatement(stated, data, publicKey.x, privateKey) },
    };
  };
  return {
    ...agent,
    publicKey,
    privateKey,
    placeOf,
    state,
    signed: (changes = {}) => state(agent.acknowledgement(acknowledgedData(changes))),
  };
}

/** The hash by which the event after it names an event. */
function historySha256(event: WireEvent): string {
  return createHash('sha256').update(chainedEventText(event)).digest('hex');
}

/** Each event with the hash of the one before it, as the agent's outbox writes them. */
export function withHistory(events: readonly WireEvent[], before?: WireEvent): WireEvent[] {
  const kept: WireEvent[] = [];
  for (const event of events) {
    const last = kept.at(-1) ?? before;
    kept.push(last === undefined ? event : { ...event, previous: historySha256(last) });
  }
  return kept;
}
