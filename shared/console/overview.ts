/** The figures of a school for the start page and the leadership's page. They hold no names of people, accounts or PCs. */
import { z } from 'zod';
import { bilingualSchema } from '../lib/language.ts';

/** So many weeks are drawn, with the current one. */
export const overviewWeeks = 12;
/** A PC that was not seen for longer is silent. */
export const silentDays = 14;

const weekSchema = z.object({
  /** The week's last day, a Sunday. */
  endsOn: z.iso.date(),
  accepted: z.int(),
  /** Those whose latest answer is *declined* or *asked for help*. */
  refused: z.int(),
});
export type AnswerWeek = z.infer<typeof weekSchema>;

const policyFiguresSchema = z.object({
  policyId: z.string(),
  version: z.string(),
  title: bilingualSchema,
  /** With an acceptance that is still in force. */
  accepted: z.int(),
  declined: z.int(),
  helpRequested: z.int(),
  outstanding: z.int(),
  weeks: z.array(weekSchema),
});
export type PolicyFigures = z.infer<typeof policyFiguresSchema>;

const groupSchema = z.object({
  audience: z.string(),
  /** People of the roster; without a roster, accounts that have answered. */
  people: z.int(),
  policies: z.array(policyFiguresSchema),
});
export type AudienceGroup = z.infer<typeof groupSchema>;

export const incidentKindSchema = z.enum([
  'gate-interrupted',
  'lock-failed',
  'problem-reported',
  'device-seen',
]);
export type IncidentKind = z.infer<typeof incidentKindSchema>;

const needKindSchema = z.enum([
  'no-policy',
  'wrong-signature',
  'help-requested',
  'declined',
  'open-request',
  'waiting-pc',
  'fault',
  'missing-events',
  'silent-pc',
  'no-roster',
  'unmatched-account',
  'outstanding',
]);
export type NeedKind = z.infer<typeof needKindSchema>;

export const overviewSchema = z.object({
  /** ISO UTC. */
  at: z.string(),
  hasRoster: z.boolean(),
  groups: z.array(groupSchema),
  pcs: z.object({ active: z.int(), silent: z.int(), waiting: z.int(), expelled: z.int() }),
  incidents: z.object({
    /** Last day of each week, oldest first. */
    weeks: z.array(z.iso.date()),
    kinds: z.array(z.object({ kind: incidentKindSchema, counts: z.array(z.int()) })),
  }),
  /** Of the last 7 days. */
  faults: z.array(z.object({ fault: z.string(), count: z.int(), pcs: z.int() })),
  /** What needs a person today, the most urgent first. */
  needs: z.array(z.object({ kind: needKindSchema, count: z.int() })),
});
export type Overview = z.infer<typeof overviewSchema>;
