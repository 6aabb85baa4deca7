/** The contract of “Report a problem”: a message to the school, and what works on this computer. */
import { z } from 'zod';
import { selfCheckItemNameSchema, selfCheckReportSchema } from '../self-check/report.ts';
import { frameSchema, setLanguageCall } from './common.ts';
import { defineWindow } from './contract.ts';

/** More than a person writes in such a field, and less than the event takes. */
const longestProblemText = 2000;

const checkSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('not-begun') }),
  z.strictObject({ state: z.literal('running'), waitingFor: z.array(selfCheckItemNameSchema) }),
  z.strictObject({ state: z.literal('done'), report: selfCheckReportSchema }),
  /** The check itself failed; the agent's log says how. */
  z.strictObject({ state: z.literal('broken') }),
]);
export type CheckState = z.infer<typeof checkSchema>;

export const problemContract = defineWindow({
  window: 'problem',
  state: frameSchema.extend({
    /** Without a collector a report stays on this computer, and the page says so. */
    hasCollector: z.boolean(),
    check: checkSchema,
  }),
  calls: {
    setLanguage: setLanguageCall,
    close: { input: z.strictObject({}), output: z.strictObject({}) },
    sendProblem: {
      input: z.strictObject({ text: z.string().trim().min(1).max(longestProblemText) }),
      output: z.strictObject({ outcome: z.enum(['recorded', 'not-recorded']) }),
    },
    /** Starts the self-check; does nothing while a check runs. The state reports its progress. */
    startCheck: {
      /** `mayLock`: the user has agreed that the self-check locks this screen as a test. */
      input: z.strictObject({ mayLock: z.boolean() }),
      output: z.strictObject({}),
    },
    /** Asks the user where to save, and writes the last report there, as the page shows it. */
    saveReport: {
      input: z.strictObject({}),
      /** `path`: where it was saved; empty otherwise. */
      output: z.strictObject({ outcome: z.enum(['saved', 'cancelled', 'failed']), path: z.string() }),
    },
    /** Shows the report that was saved last in the system's file manager. */
    showSavedReport: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type ProblemContract = typeof problemContract;
