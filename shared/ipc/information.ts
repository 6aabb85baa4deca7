/** The contracts of the three small windows behind the tray: About, My agreements, What Porthor records. */
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../lib/language.ts';
import { textSha256Schema } from '../policy/pack.ts';
import { capabilitySchema } from '../wire/events.ts';
import { frameSchema, setLanguageCall } from './common.ts';
import { defineWindow } from './contract.ts';

const idleStatusSchema = z.strictObject({
  /**
   * `off`: the school has disabled it, or it has not started yet. `held`: a presentation or video keeps the screen from
   * locking. `cannot-lock`, `cannot-tell`: the PC offers no lock, or no idle time.
   */
  state: z.enum(['off', 'watching', 'held', 'cannot-lock', 'cannot-tell']),
  heldBy: z.enum(['', 'presentation', 'full-screen', 'display-required']),
  /** The program that keeps the screen from locking, if the system names it. */
  heldByName: z.string(),
  /** ISO UTC; empty unless held. */
  heldUntil: z.string(),
  /** The shorter of the school's limit and the system's own. */
  lockAfterSeconds: z.int().min(0),
  limitedBy: z.enum(['school', 'system']),
  /** When the screen locks without further input, ISO UTC; empty if it does not. */
  locksAt: z.string(),
});
export type IdleStatus = z.infer<typeof idleStatusSchema>;

export const idleOff: IdleStatus = {
  state: 'off',
  heldBy: '',
  heldByName: '',
  heldUntil: '',
  lockAfterSeconds: 0,
  limitedBy: 'school',
  locksAt: '',
};

const statusSchema = z.strictObject({
  gate: z.enum(['open', 'waiting-for-person', 'off']),
  /** How the gate opened, as named in the event; empty while it is shut. */
  gateOpenedHow: z.string(),
  collector: z.enum(['not-configured', 'reached', 'not-reached', 'not-enrolled']),
  /** When the collector last answered; empty if it never has. */
  collectorReachedAt: z.string(),
  /** Reports on disk that are not delivered yet. */
  queueLength: z.int().min(0),
  idle: idleStatusSchema,
});
export type Status = z.infer<typeof statusSchema>;

const closeCall = { input: z.strictObject({}), output: z.strictObject({}) } as const;

export const aboutContract = defineWindow({
  window: 'about',
  state: frameSchema.extend({
    status: statusSchema,
    agentVersion: z.string(),
    runtimeVersion: z.string(),
    machineId: z.string(),
    hostname: z.string(),
    capabilities: z.array(capabilitySchema),
  }),
  calls: { setLanguage: setLanguageCall, close: closeCall },
});
export type AboutContract = typeof aboutContract;

const agreementSchema = z.strictObject({
  /** The acknowledgement's event id: the one identity of an acceptance. */
  eventId: z.string(),
  policyId: z.string(),
  policyVersion: z.string(),
  /** The title at the time of acceptance if the pack is still known, else the policy's id in both languages. */
  title: bilingualSchema,
  language: languageSchema,
  textSha256: textSha256Schema,
  decidedAt: z.iso.datetime(),
  /** Name and role as the person gave them here; empty if they accepted on another PC. */
  fullName: z.string(),
  jobRole: z.string(),
  /** The school's collector has confirmed that it has this acknowledgement. */
  delivered: z.boolean(),
  /** Given on another PC, or here before this PC was wiped: only the collector knows it. */
  elsewhere: z.boolean(),
  /** The collector's signed receipt; absent where it gave none. */
  confirmation: z
    .strictObject({ receivedAt: z.iso.datetime(), leafSha256: z.string(), note: z.string() })
    .optional(),
  /** When the gate asks again; absent for an older acceptance, and where the policy is not at hand. */
  askedAgain: z
    .discriminatedUnion('rule', [
      z.strictObject({ rule: z.enum(['once', 'every-login']) }),
      z.strictObject({ rule: z.literal('on'), date: z.iso.date() }),
    ])
    .optional(),
});

const agreementContentSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('found'),
    /** The exact text in the language of the acceptance, with the school's details filled in. */
    text: z.string(),
    statements: z.array(
      z.strictObject({ text: z.string(), answer: z.enum(['ticked', 'not-ticked', 'not-known']) }),
    ),
  }),
  /** No text on this PC has the accepted hash, and the window shows no other text in its place. */
  z.strictObject({ outcome: z.literal('not-here') }),
]);
export type AgreementContent = z.infer<typeof agreementContentSchema>;

export const agreementsContract = defineWindow({
  window: 'agreements',
  state: frameSchema.extend({
    person: z.string(),
    /** Latest first. */
    agreements: z.array(agreementSchema),
    /** The agent is asking the collector for acceptances on other PCs. */
    askingElsewhere: z.boolean(),
  }),
  calls: {
    setLanguage: setLanguageCall,
    close: closeCall,
    readAgreement: { input: z.strictObject({ eventId: z.string() }), output: agreementContentSchema },
    /** Asks the user where to save, and writes what the page shows to a PDF there. */
    savePdf: {
      input: z.strictObject({ eventId: z.string() }),
      /** `path`: where it was saved; empty otherwise. */
      output: z.strictObject({ outcome: z.enum(['saved', 'cancelled', 'failed']), path: z.string() }),
    },
    /** Shows the PDF that was saved last in the system's file manager. */
    showSavedPdf: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Opens the system's print dialog for what the page shows. */
    print: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type AgreementsContract = typeof agreementsContract;

export const recordsContract = defineWindow({
  window: 'records',
  state: frameSchema.extend({
    /** Where reports go; empty without a collector, so that the page can say that they stay on this PC. */
    collectorHost: z.string(),
    gateEnabled: z.boolean(),
    mediaMode: z.enum(['off', 'audit', 'warn']),
    hideSerials: z.boolean(),
  }),
  calls: { setLanguage: setLanguageCall, close: closeCall },
});
export type RecordsContract = typeof recordsContract;
