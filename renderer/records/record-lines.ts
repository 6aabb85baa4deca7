/**
 * The lines of the page about what Porthor records. Each line names the event fields that it explains. A test finds a
 * field without a line, and a line about a field that Porthor does not record.
 */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { EventType } from '../../shared/wire/events.ts';

interface RecordLine {
  readonly says: PlainKey;
  /** Shown instead if the school hides serial numbers. */
  readonly saysHidden?: PlainKey;
  readonly fields: readonly string[];
}

interface RecordPart {
  readonly heading: PlainKey;
  readonly events: readonly EventType[];
  readonly lines: readonly RecordLine[];
  readonly why: PlainKey;
}

export const policyPart: RecordPart = {
  heading: 'records.policy.heading',
  events: ['porthor.policy.acknowledged.v1'],
  lines: [
    { says: 'records.policy.answer', fields: ['action'] },
    {
      says: 'records.policy.text',
      fields: ['policyId', 'policyVersion', 'textSha256', 'audience', 'language'],
    },
    {
      says: 'records.policy.statements',
      fields: ['statements.id', 'statements.text', 'statements.ticked'],
    },
    { says: 'records.policy.person', fields: ['fullName', 'jobRole'] },
    { says: 'records.policy.time', fields: ['openedAt', 'decidedAt', 'loginId'] },
    { says: 'records.policy.signed', fields: ['evidence', 'agentVersion'] },
  ],
  why: 'records.policy.why',
};

/** Never left out: *Lock now* is reported even if the school disabled the idle lock. */
export const lockPart: RecordPart = {
  heading: 'records.idle.heading',
  events: [
    'porthor.workstation.locked.v1',
    'porthor.workstation.lock-failed.v1',
    'porthor.workstation.signed-out.v1',
  ],
  lines: [
    { says: 'records.idle.what', fields: ['cause', 'reason'] },
    { says: 'records.idle.how', fields: ['attempts', 'certainty', 'signOutAfterSeconds'] },
  ],
  why: 'records.idle.why',
};

export const mediaPart: RecordPart = {
  heading: 'records.media.heading',
  events: ['porthor.media.seen.v1', 'porthor.media.approval-requested.v1'],
  lines: [
    {
      says: 'records.media.device',
      saysHidden: 'records.media.deviceHidden',
      fields: [
        'device.kind',
        'device.bus',
        'device.vendorId',
        'device.productId',
        'device.serial',
        'device.serialQuality',
        'device.name',
        'device.sizeBytes',
      ],
    },
    {
      says: 'records.media.volumes',
      fields: ['volumes.drive', 'volumes.fileSystem', 'volumes.sizeBytes'],
    },
    {
      says: 'records.media.verdict',
      fields: ['volumes.encryption', 'volumes.probe', 'encryption', 'approval', 'approved', 'problems'],
    },
    { says: 'records.media.when', fields: ['insertionId', 'arrival', 'seenAt', 'warned', 'mode'] },
    { says: 'records.media.request', fields: ['reason', 'language', 'requestedAt'] },
  ],
  why: 'records.media.why',
};

export const runningPart: RecordPart = {
  heading: 'records.running.heading',
  events: [
    'porthor.agent.started.v1',
    'porthor.agent.heartbeat.v1',
    'porthor.agent.fault.v1',
    'porthor.gate.opened.v1',
    'porthor.gate.interrupted.v1',
    'porthor.problem.reported.v1',
  ],
  lines: [
    {
      says: 'records.running.what',
      fields: [
        'agentVersion',
        'runtime.electron',
        'runtime.chrome',
        'runtime.node',
        'capabilities.name',
        'capabilities.level',
        'capabilities.reason',
        'queueLength',
      ],
    },
    { says: 'records.running.logon', fields: ['logon.secondsToGate', 'logon.gate'] },
    { says: 'records.running.faults', fields: ['fault', 'subject', 'reason'] },
    {
      says: 'records.running.gate',
      fields: [
        'how',
        'policies.policyId',
        'policies.policyVersion',
        'what',
        'detail',
        'lostAt',
        'regainedAt',
      ],
    },
    { says: 'records.running.problem', fields: ['text'] },
  ],
  why: 'records.running.why',
};

/** The fields that every event carries. */
export const everyLine = {
  account: {
    says: 'records.each.account',
    fields: ['account.name', 'account.domain', 'account.sid', 'account.upn', 'account.displayName'],
  },
  machine: { says: 'records.each.machine', fields: ['machine.id', 'machine.hostname', 'machine.os'] },
  report: { says: 'records.each.report', fields: [] },
} as const satisfies Readonly<Record<string, RecordLine>>;
