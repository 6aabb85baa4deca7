/** The cover's contract: one sentence on every display without the gate. */
import { z } from 'zod';
import { frameSchema } from './common.ts';
import { defineWindow } from './contract.ts';

export const coverContract = defineWindow({
  window: 'cover',
  state: frameSchema,
  calls: {
    /** The user touched this display: the interactive window comes here. */
    comeHere: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type CoverContract = typeof coverContract;
