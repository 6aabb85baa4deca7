/** The idle warning's contract: how long is left, and the one thing to do about it. */
import { z } from 'zod';
import { frameSchema } from './common.ts';
import { defineWindow } from './contract.ts';

export const idleWarningContract = defineWindow({
  window: 'idle-warning',
  state: frameSchema.extend({
    /** What happens at the end of the countdown. */
    purpose: z.enum(['lock', 'sign-out']),
    secondsLeft: z.int().min(0),
    /** Minutes without use after which a sign-out follows the lock, which is announced here; 0 where none follows. */
    signOutAfterMinutes: z.int().min(0),
  }),
  calls: {
    /** The button, or a key in this window. */
    stay: { input: z.strictObject({}), output: z.strictObject({}) },
    /** The page tells that it stands on its display (two animation frames after it was laid out). */
    painted: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type IdleWarningContract = typeof idleWarningContract;
