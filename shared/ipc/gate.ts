/** The gate's contract: what the interactive window shows and what a person can do there. */
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../lib/language.ts';
import { draftSchema, submissionRefusals, submissionSchema, textHashesSchema } from '../policy/answers.ts';
import { blockedReasons, declineActions, dueReasons, gateNotices } from '../policy/asking.ts';
import {
  fieldRequirementSchema,
  policyIdSchema,
  policyVersionSchema,
  statementSchema,
} from '../policy/pack.ts';
import { frameSchema, setLanguageCall } from './common.ts';
import { defineWindow } from './contract.ts';

/** One policy as it is put before a person, in both languages so that switching is immediate. */
const shownPolicySchema = z.strictObject({
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  title: bilingualSchema,
  effectiveFrom: z.iso.date(),
  texts: bilingualSchema,
  textSha256: textHashesSchema,
  statements: z.array(statementSchema),
  fields: z.strictObject({ fullName: fieldRequirementSchema, jobRole: fieldRequirementSchema }),
  /** Why it is asked: shown in one sentence above the text. */
  reason: z.enum(dueReasons),
  /** What has changed, where it is asked again because of a new version. */
  changes: bilingualSchema.optional(),
});
export type ShownPolicy = z.infer<typeof shownPolicySchema>;

const gateScreenSchema = z.discriminatedUnion('name', [
  /** Covered while it is being found out whether anything must be asked. */
  z.strictObject({ name: z.literal('checking') }),
  z.strictObject({
    name: z.literal('policy'),
    policy: shownPolicySchema,
    /** Which of how many policies this is, from 1. */
    position: z.strictObject({ index: z.int().min(1), total: z.int().min(1) }),
    draft: draftSchema,
    /** Something went wrong with the last answer; nothing was accepted. */
    notice: z.enum(gateNotices),
    /** Plain reason behind `not-recorded` and `sign-out-failed`, for the person who is called to help. */
    noticeDetail: z.string(),
  }),
  /** The answer is being written to disk; nothing has been accepted yet. */
  z.strictObject({ name: z.literal('recording') }),
  /** The receipt is on disk. Only now may the word "accepted" be shown. */
  z.strictObject({
    name: z.literal('accepted'),
    title: bilingualSchema,
    policyVersion: policyVersionSchema,
    decidedAt: z.iso.datetime(),
    /** Policies still to be asked after this one. */
    remaining: z.int().min(0),
  }),
  z.strictObject({
    name: z.literal('declining'),
    onDecline: z.enum(declineActions),
    secondsLeft: z.int().min(0),
  }),
  /**
   * The agent cannot tell whether this person has accepted, or has no text that it may show. It stays shut, says so
   * and offers help, another try and (through `decline`) signing out; no answer is recorded here.
   */
  z.strictObject({
    name: z.literal('blocked'),
    reason: z.enum(blockedReasons),
    detail: z.string(),
  }),
  /** The countdown is over and the system has been asked to sign out or lock. */
  z.strictObject({ name: z.literal('leaving'), onDecline: z.enum(declineActions) }),
]);
export type GateScreen = z.infer<typeof gateScreenSchema>;

const gateStateSchema = frameSchema.extend({
  /** How the signed-in person is named on the screen. */
  person: z.string(),
  /** Start of the full-name field where the directory knows it. */
  suggestedFullName: z.string(),
  /** A *Leave demonstration* button is shown; never in packaged builds. */
  demonstration: z.boolean(),
  /** A technician has set a break-glass code for this PC. */
  breakGlassAvailable: z.boolean(),
  onDecline: z.enum(declineActions),
  declineCountdownSeconds: z.int().min(20),
  screen: gateScreenSchema,
});
export type GateState = z.infer<typeof gateStateSchema>;

export const gateContract = defineWindow({
  window: 'gate',
  state: gateStateSchema,
  calls: {
    setLanguage: setLanguageCall,
    /**
     * Kept in memory only, so that a crashed page comes back with what was typed. It names the text that was on the page:
     * ticks are for that text alone.
     */
    saveDraft: {
      input: draftSchema.extend({
        policyId: policyIdSchema,
        policyVersion: policyVersionSchema,
        textSha256: textHashesSchema,
      }),
      output: z.strictObject({}),
    },
    /** Resolves when the answer is on disk or is known not to be; the screen then says which. */
    accept: {
      input: submissionSchema,
      output: z.strictObject({
        outcome: z.enum(['recorded', 'not-recorded', ...submissionRefusals]),
      }),
    },
    /** Leaves the confirmation at once instead of waiting for it to pass. */
    proceed: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Starts the countdown; a person has already confirmed in the window that they decline. */
    decline: { input: z.strictObject({ language: languageSchema }), output: z.strictObject({}) },
    cancelDecline: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Ends the countdown early. */
    leaveNow: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Tells the school that somebody needs help; `recorded` only when the report is on disk. */
    requestHelp: {
      input: z.strictObject({ language: languageSchema }),
      output: z.strictObject({ recorded: z.boolean() }),
    },
    breakGlass: {
      input: z.strictObject({ code: z.string().min(1).max(200) }),
      output: z.strictObject({
        outcome: z.enum(['opened', 'wrong-code', 'wait', 'not-available']),
        /** Seconds until the next try is taken; 0 unless `wait`. */
        waitSeconds: z.int().min(0),
      }),
    },
    /** Reads again what could not be read; only while blocked. */
    tryAgain: { input: z.strictObject({}), output: z.strictObject({}) },
    /** The page tells that the current screen has been painted (two animation frames after it was laid out). */
    painted: { input: z.strictObject({ screen: z.string().max(32) }), output: z.strictObject({}) },
    leaveDemonstration: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type GateContract = typeof gateContract;
