/** The gate's contract: what the interactive window shows and what a user can do there. */
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
import { wordings } from '../policy/reading.ts';
import { frameSchema, setLanguageCall } from './common.ts';
import { defineWindow } from './contract.ts';

/** One policy as the gate shows it, in both languages so that switching is immediate. */
const shownPolicySchema = z.strictObject({
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  title: bilingualSchema,
  effectiveFrom: z.iso.date(),
  texts: bilingualSchema,
  textSha256: textHashesSchema,
  statements: z.array(statementSchema),
  fields: z.strictObject({ fullName: fieldRequirementSchema, jobRole: fieldRequirementSchema }),
  /** Why the gate asks: shown in one sentence above the text. */
  reason: z.enum(dueReasons),
  /** What the page calls the text; absent means a policy. */
  wording: z.enum(wordings).optional(),
  /** When this account accepted this version earlier today, ISO UTC: the page then folds the text. */
  acceptedTodayAt: z.iso.datetime().optional(),
  /** The changes, if the gate asks again because of a new version. */
  changes: bilingualSchema.optional(),
});
export type ShownPolicy = z.infer<typeof shownPolicySchema>;

const gateScreenSchema = z.discriminatedUnion('name', [
  /** The desktop is covered while the agent finds out whether it must ask. */
  z.strictObject({ name: z.literal('checking') }),
  z.strictObject({
    name: z.literal('policy'),
    policy: shownPolicySchema,
    /** Which of how many policies this is, from 1. */
    position: z.strictObject({ index: z.int().min(1), total: z.int().min(1) }),
    draft: draftSchema,
    /** The last answer failed; nothing was accepted. */
    notice: z.enum(gateNotices),
    /** The plain reason behind `not-recorded` and `sign-out-failed`, for the technician. */
    noticeDetail: z.string(),
  }),
  /** The agent is writing the answer to disk; nothing has been accepted yet. */
  z.strictObject({ name: z.literal('recording') }),
  /** The receipt is on disk. Only now may the word "accepted" be shown. */
  z.strictObject({
    name: z.literal('accepted'),
    title: bilingualSchema,
    policyVersion: policyVersionSchema,
    decidedAt: z.iso.datetime(),
    /** The number of policies to ask after this one. */
    remaining: z.int().min(0),
  }),
  z.strictObject({
    name: z.literal('declining'),
    onDecline: z.enum(declineActions),
    secondsLeft: z.int().min(0),
  }),
  /**
   * The agent cannot know whether this person has accepted, or has no text that it may show. The gate stays shut, says
   * so and offers help, another try and (through `decline`) signing out. It records no answer here.
   */
  z.strictObject({
    name: z.literal('blocked'),
    reason: z.enum(blockedReasons),
    detail: z.string(),
  }),
  /** The countdown is over and the agent has asked the system to sign out or lock. */
  z.strictObject({ name: z.literal('leaving'), onDecline: z.enum(declineActions) }),
]);
export type GateScreen = z.infer<typeof gateScreenSchema>;

const gateStateSchema = frameSchema.extend({
  /** The name of the signed-in person on the screen. */
  person: z.string(),
  /** The initial full name, if the directory knows it. */
  suggestedFullName: z.string(),
  /** Shows a *Leave demonstration* button; never in packaged builds. */
  demonstration: z.boolean(),
  /** A technician has set a break-glass code for this PC. */
  breakGlassAvailable: z.boolean(),
  onDecline: z.enum(declineActions),
  declineCountdownSeconds: z.int().min(20),
  /** The gate came while the user was at work, so that unsaved work may be behind it. */
  isOverWork: z.boolean(),
  screen: gateScreenSchema,
});
export type GateState = z.infer<typeof gateStateSchema>;

export const gateContract = defineWindow({
  window: 'gate',
  state: gateStateSchema,
  calls: {
    setLanguage: setLanguageCall,
    /**
     * Kept in memory only, so that a crashed page comes back with the user's input. It names the text that was on the
     * page, because ticks are for that text alone.
     */
    saveDraft: {
      input: draftSchema.extend({
        policyId: policyIdSchema,
        policyVersion: policyVersionSchema,
        textSha256: textHashesSchema,
      }),
      output: z.strictObject({}),
    },
    /** Resolves when the answer is on disk or has failed; the screen then says which. */
    accept: {
      input: submissionSchema,
      output: z.strictObject({
        outcome: z.enum(['recorded', 'not-recorded', ...submissionRefusals]),
      }),
    },
    /** Leaves the confirmation at once instead of waiting until it passes. */
    proceed: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Starts the countdown; the user has already confirmed in the window that they decline. */
    decline: { input: z.strictObject({ language: languageSchema }), output: z.strictObject({}) },
    cancelDecline: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Ends the countdown early. */
    leaveNow: { input: z.strictObject({}), output: z.strictObject({}) },
    /** Locks or signs out without an answer. The gate stays, and nothing is recorded. */
    leaveUnanswered: {
      input: z.strictObject({ how: z.enum(['lock', 'sign-out']) }),
      output: z.strictObject({ left: z.boolean() }),
    },
    /** Reports to the school that the user needs help; `recorded` only when the report is on disk. */
    requestHelp: {
      input: z.strictObject({ language: languageSchema }),
      output: z.strictObject({ recorded: z.boolean() }),
    },
    breakGlass: {
      input: z.strictObject({ code: z.string().min(1).max(200) }),
      output: z.strictObject({
        outcome: z.enum(['opened', 'wrong-code', 'wait', 'not-available']),
        /** Seconds until the agent takes the next try; 0 unless `wait`. */
        waitSeconds: z.int().min(0),
      }),
    },
    /** Reads again the facts that could not be read; only while blocked. */
    tryAgain: { input: z.strictObject({}), output: z.strictObject({}) },
    /** The page reports that the current screen has been painted (two animation frames after its layout). */
    painted: { input: z.strictObject({ screen: z.string().max(32) }), output: z.strictObject({}) },
    leaveDemonstration: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type GateContract = typeof gateContract;
