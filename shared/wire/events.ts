/** The events that an agent reports: CloudEvents 1.0 in JSON, one schema for each type. */
import { z } from 'zod';
import { languageSchema } from '../lib/language.ts';
import { loosen } from '../lib/loosen.ts';
import { audienceSchema, policyIdSchema, policyVersionSchema, textSha256Schema } from '../policy/pack.ts';
import { accountSchema, machineSchema } from './account.ts';
import { mediaApprovalRequestedDataSchema, mediaSeenDataSchema } from './media.ts';

/** CloudEvents consumers must accept only this size, so no event may be larger. */
export const maxEventBytes = 64 * 1024;

const utcTimeSchema = z.iso.datetime();

export const acknowledgedDataSchema = z.strictObject({
  action: z.enum(['accepted', 'declined', 'help-requested']),
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  /** Hash of the exact text that was on the screen, in `language`. */
  textSha256: textSha256Schema,
  language: languageSchema,
  /** Every statement of the policy in `language`, ticked or not. */
  statements: z
    .array(z.strictObject({ id: policyIdSchema, text: z.string().max(4000), ticked: z.boolean() }))
    .max(50),
  fullName: z.string().max(200),
  jobRole: z.string().max(200),
  account: accountSchema,
  machine: machineSchema,
  audience: audienceSchema,
  /** When the gate first showed the policy to the user in this session. */
  openedAt: utcTimeSchema,
  decidedAt: utcTimeSchema,
  agentVersion: z.string().max(64),
  /** Identifies the login session, which tells a new login from a restart of the agent. */
  loginId: z.string().max(256),
  /** The same facts as a compact JWS, signed with the agent's key. */
  evidence: z.string().max(48_000).optional(),
});
export type AcknowledgedData = z.infer<typeof acknowledgedDataSchema>;

export const gateOpenings = [
  'receipt',
  'known-to-collector',
  'break-glass',
  'crash-limit',
  'excluded',
  'gate-disabled',
  'no-policy',
  'demonstration',
] as const;
const gateOpeningSchema = z.enum(gateOpenings);
export type GateOpening = z.infer<typeof gateOpeningSchema>;

const gateOpenedDataSchema = z.strictObject({
  how: gateOpeningSchema,
  account: accountSchema,
  machine: machineSchema,
  policies: z.array(z.strictObject({ policyId: policyIdSchema, policyVersion: policyVersionSchema })).max(32),
});

const gateInterruptedDataSchema = z.strictObject({
  /** `without-keyboard`: the gate covers the display, and another program gets what the user types. */
  what: z.enum([
    'renderer-gone',
    'unresponsive',
    'window-closed',
    'cover-lost',
    'without-keyboard',
    'agent-restarted',
  ]),
  detail: z.string().max(500),
  lostAt: utcTimeSchema,
  /** Absent until cover is regained. */
  regainedAt: utcTimeSchema.optional(),
});

export const capabilitySchema = z.strictObject({
  name: z.string().max(64),
  level: z.enum(['full', 'degraded', 'none']),
  reason: z.string().max(500),
});
export type Capability = z.infer<typeof capabilitySchema>;

const agentStartedDataSchema = z.strictObject({
  agentVersion: z.string().max(64),
  runtime: z.strictObject({ electron: z.string(), chrome: z.string(), node: z.string() }),
  machine: machineSchema,
  account: accountSchema,
  capabilities: z.array(capabilitySchema).max(64),
});

export const logonToGateSchema = z.strictObject({
  /** From the logon until the gate was painted, or had opened without being shown; in tenths of a second. */
  secondsToGate: z.number().min(0).max(3600),
  gate: z.enum(['shown', 'open']),
});
export type LogonToGate = z.infer<typeof logonToGateSchema>;

const agentHeartbeatDataSchema = z.strictObject({
  agentVersion: z.string().max(64),
  machine: machineSchema,
  capabilities: z.array(capabilitySchema).max(64),
  /** Events waiting to be sent. */
  queueLength: z.int().min(0),
  /** How long the desktop of this login was without the gate. Absent where it was not measured. */
  logon: logonToGateSchema.optional(),
});

const agentFaultDataSchema = z.strictObject({
  /** Short stable name of the fault, for instance `pack-refused` or `config-invalid`. */
  fault: z.string().min(1).max(64),
  /** The subject: a config key, a file name without its path, a capability. */
  subject: z.string().max(256),
  reason: z.string().max(1000),
  machine: machineSchema,
});

const workstationLockedDataSchema = z.strictObject({
  /** `idle`: no input for the time limit. `asked`: the user chose *Lock now*. `sleep`: the PC was about to sleep. */
  cause: z.enum(['idle', 'asked', 'sleep']),
  /** `confirmed`: the system reported a locked session. `requested`: it accepted the request, with no time to confirm. */
  certainty: z.enum(['confirmed', 'requested']),
  /** Number of attempts, from 1. */
  attempts: z.int().min(1).max(1000),
  account: accountSchema,
  machine: machineSchema,
});

const workstationLockFailedDataSchema = z.strictObject({
  cause: z.enum(['idle', 'asked', 'sleep']),
  attempts: z.int().min(1).max(1000),
  /** The system's answer, in plain words. */
  reason: z.string().max(1000),
  account: accountSchema,
  machine: machineSchema,
});

const workstationSignedOutDataSchema = z.strictObject({
  cause: z.enum(['idle']),
  /** The announced limit on the screen: seconds of idle time before sign-out. */
  signOutAfterSeconds: z.int().min(1).max(86_400),
  account: accountSchema,
  machine: machineSchema,
});

const problemReportedDataSchema = z.strictObject({
  text: z.string().max(4000),
  account: accountSchema,
  machine: machineSchema,
});

/** Data schema by event type, as this version sends it. A collector keeps the data of any other type unread. */
export const eventDataSchemas = {
  'porthor.policy.acknowledged.v1': acknowledgedDataSchema,
  'porthor.gate.opened.v1': gateOpenedDataSchema,
  'porthor.gate.interrupted.v1': gateInterruptedDataSchema,
  'porthor.workstation.locked.v1': workstationLockedDataSchema,
  'porthor.workstation.lock-failed.v1': workstationLockFailedDataSchema,
  'porthor.workstation.signed-out.v1': workstationSignedOutDataSchema,
  'porthor.agent.started.v1': agentStartedDataSchema,
  'porthor.agent.heartbeat.v1': agentHeartbeatDataSchema,
  'porthor.agent.fault.v1': agentFaultDataSchema,
  'porthor.problem.reported.v1': problemReportedDataSchema,
  'porthor.media.seen.v1': mediaSeenDataSchema,
  'porthor.media.approval-requested.v1': mediaApprovalRequestedDataSchema,
} as const;

/** The same for a receiver: a newer sender may have added members, and they are kept. */
export const receivedDataSchemas = Object.fromEntries(
  Object.entries(eventDataSchemas).map(([type, schema]) => [type, loosen(schema)]),
) as unknown as typeof eventDataSchemas;

export type EventType = keyof typeof eventDataSchemas;
export type EventData<Type extends EventType> = z.infer<(typeof eventDataSchemas)[Type]>;

const eventSourceSchema = z.string().regex(/^porthor:agent:[0-9a-zA-Z-]{1,64}$/u);

/** An event without the agent's id, in the form that the outbox keeps until the agent is enrolled. */
export const outboxEventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.uuidv7(),
  type: z.string().regex(/^porthor(?:\.[a-z0-9-]+){1,4}\.v\d{1,3}$/u),
  subject: z.string().min(1).max(512),
  time: utcTimeSchema,
  datacontenttype: z.literal('application/json'),
  /** Per agent, from 1, without gaps: a gap proves that something was lost. */
  sequence: z.int().min(1).max(2_147_483_647),
  /**
   * SHA-256 in hex of this agent's event before (`chainedEventText`), so that a change in its history shows. Absent in
   * its first event and after a loss of the outbox.
   */
  previous: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .optional(),
  data: z.record(z.string(), z.unknown()),
});
export type OutboxEvent = z.infer<typeof outboxEventSchema>;

export const wireEventSchema = outboxEventSchema.extend({ source: eventSourceSchema });
export type WireEvent = z.infer<typeof wireEventSchema>;
