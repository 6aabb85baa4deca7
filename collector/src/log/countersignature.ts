/** What the key of the log signs when the school countersigns an acknowledgement. */
import { type LogKey, signNote } from './checkpoint.ts';

export interface CountersignedFacts {
  readonly eventId: string;
  /** Hash of the acknowledgement's leaf, in hex. It covers the event, and so all that the person accepted. */
  readonly leafSha256: string;
  /** The signatory's account, and name. */
  readonly by: string;
  readonly name: string;
  /** ISO UTC. */
  readonly at: string;
}

/** A line feed in a name would be another line of the note. */
const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

export function countersignatureText(origin: string, facts: CountersignedFacts): string {
  const { eventId, leafSha256, by, name, at } = facts;
  const lines = ['porthor-countersignature-v1', origin, eventId, leafSha256, by, onOneLine(name), at];
  return `${lines.join('\n')}\n`;
}

export function signCountersignature(facts: CountersignedFacts, key: LogKey): string {
  return signNote(countersignatureText(key.name, facts), key);
}
