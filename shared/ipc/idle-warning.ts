/** The idle warning's contract: how much time is left, and the one thing to do about it. */
import { z } from 'zod';
import { frameSchema } from './common.ts';
import { defineWindow } from './contract.ts';

export const idleWarningContract = defineWindow({
  window: 'idle-warning',
  state: frameSchema.extend({
    /** What happens at the end of the countdown. */
    purpose: z.enum(['lock', 'sign-out']),
    secondsLeft: z.int().min(0),
    /** Minutes without use after which a sign-out follows the lock; the warning announces it. 0 for no sign-out. */
    signOutAfterMinutes: z.int().min(0),
  }),
  calls: {
    /** The button, or a key in this window. */
    stay: { input: z.strictObject({}), output: z.strictObject({}) },
    /** The page reports that it has been painted on its display (two animation frames after its layout). */
    painted: { input: z.strictObject({}), output: z.strictObject({}) },
  },
});
export type IdleWarningContract = typeof idleWarningContract;
