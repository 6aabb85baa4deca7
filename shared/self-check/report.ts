/** The report of the self-check: technicians' tools read it, and it is sent to support. */
import { z } from 'zod';
import { driveBusSchema, driveKindSchema, probeNameSchema, volumeRoleSchema } from '../device/drive.ts';
import { verdictSchema } from '../device/verdict.ts';
import { deepReportSchema } from './deep-report.ts';

/** In the order in which they are shown. A name never changes its meaning; new names may be added. */
export const selfCheckItemNames = [
  'configuration',
  'account',
  'machine',
  'display',
  'logon',
  'session',
  'lock',
  'idle',
  'system-limit',
  'presence',
  'usb',
  'volumes',
  'eject',
  'anti-virus',
  'notifications',
  'secret-store',
  'records',
  'proxy',
  // The cause before what follows from it: a refused certificate is why the collector is not reached.
  'certificate',
  'collector',
  'clock',
] as const;
export const selfCheckItemNameSchema = z.enum(selfCheckItemNames);
export type SelfCheckItemName = z.infer<typeof selfCheckItemNameSchema>;

const selfCheckFindings = [
  'works',
  'partly',
  'unavailable',
  'no-answer',
  'switched-off',
  'configuration-absent',
  'configuration-wrong',
  'configuration-unreadable',
  'display-wayland',
  'display-absent',
  'needs-display',
  'limit-set',
  'limit-not-set',
  'lock-not-tried',
  'lock-not-confirmed',
  'lock-refused',
  'secrets-weak',
  'folder-not-writable',
  'disk-full',
  'collector-not-set',
  'collector-not-reached',
  'collector-not-trusted',
  'collector-odd',
  'not-known',
  'proxy-direct',
  'proxy-used',
  'certificate-refused',
  'certificate-not-used',
  'clock-wrong',
  'anti-virus-absent',
  'gate-in-time',
  'gate-late',
  'logon-not-measured',
] as const;
export type SelfCheckFinding = (typeof selfCheckFindings)[number];

/** `not-tried`: the technician had not agreed to what the trial does to this PC. */
const outcomeSchema = z.enum(['ok', 'degraded', 'failed', 'not-tried', 'not-applicable']);
export type SelfCheckOutcome = z.infer<typeof outcomeSchema>;

/** Longer texts are cut. */
export const maxDetailLength = 300;

/** What was found, in the system's words or in English, without anything personal; may be empty. */
const detailSchema = z.string().max(maxDetailLength);

const selfCheckItemSchema = z.strictObject({
  name: selfCheckItemNameSchema,
  outcome: outcomeSchema,
  finding: z.enum(selfCheckFindings),
  detail: detailSchema,
});
export type SelfCheckItem = z.infer<typeof selfCheckItemSchema>;

/** A volume without its label, its drive letter and its device's serial number. */
const checkedVolumeSchema = z.strictObject({
  bus: driveBusSchema,
  kind: driveKindSchema,
  role: volumeRoleSchema,
  fileSystem: detailSchema,
  encryption: verdictSchema,
  probe: probeNameSchema,
  found: detailSchema,
});
export type CheckedVolume = z.infer<typeof checkedVolumeSchema>;

export const selfCheckReportSchema = z.strictObject({
  format: z.literal('porthor.self-check.v1'),
  checkedAt: z.iso.datetime(),
  agentVersion: z.string().max(64),
  runtime: z.strictObject({ electron: z.string(), chrome: z.string(), node: z.string() }),
  os: detailSchema,
  /** The worst outcome of all items. */
  result: z.enum(['ok', 'degraded', 'failed']),
  items: z.array(selfCheckItemSchema).length(selfCheckItemNames.length),
  volumes: z.array(checkedVolumeSchema).max(64),
  /** Only where a technician asked for the deep check. */
  deep: deepReportSchema.optional(),
});
export type SelfCheckReport = z.infer<typeof selfCheckReportSchema>;
