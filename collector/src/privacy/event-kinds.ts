/** The kinds of events that a school keeps for different times. */

export const retentionKinds = ['acknowledgements', 'media', 'use', 'faults', 'heartbeats', 'other'] as const;
export type RetentionKind = (typeof retentionKinds)[number];

/** An acknowledgement is evidence: fewer days would ask people again within a school year. */
export const fewestDays: Readonly<Record<RetentionKind, number>> = {
  acknowledgements: 365,
  media: 7,
  use: 7,
  faults: 7,
  heartbeats: 7,
  other: 7,
};

const starts: readonly (readonly [start: string, kind: RetentionKind])[] = [
  ['porthor.policy.acknowledged.v', 'acknowledgements'],
  ['porthor.media.', 'media'],
  ['porthor.agent.heartbeat.v', 'heartbeats'],
  ['porthor.agent.fault.v', 'faults'],
  ['porthor.problem.', 'faults'],
  ['porthor.agent.started.v', 'use'],
  ['porthor.gate.', 'use'],
  ['porthor.workstation.', 'use'],
];

/** Released versions of the collector agree on this, because `verify` reads what they erased by it. */
export function kindOfEvent(type: string): RetentionKind {
  return starts.find(([start]) => type.startsWith(start))?.[1] ?? 'other';
}
