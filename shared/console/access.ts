/** Who uses the console: roles, acts, sessions, accounts and one-time links, for the collector and its page. */
import { z } from 'zod';

export const roleSchema = z.enum(['technician', 'signatory', 'viewer', 'data-protection', 'authority']);
export type Role = z.infer<typeof roleSchema>;

/** What a role may do. Every route of the console's API names one. */
export const actSchema = z.enum([
  'overview:read',
  'acknowledgements:read',
  'acknowledgements:export',
  'acknowledgements:countersign',
  'policies:read',
  'pcs:read',
  'pcs:manage',
  'people:read',
  'people:export',
  'people:manage',
  'enrolment:manage',
  'media:read',
  'media:manage',
  'accounts:manage',
]);
export type Act = z.infer<typeof actSchema>;

const nameSchema = z.string().trim().min(1).max(200);
/** A name or an e-mail address. */
const signInNameSchema = z
  .string()
  .trim()
  .min(2)
  .max(200)
  .regex(/^[\p{L}\p{N}._@+-]+$/u);
/** Length counts, not the mixture of characters: see NIST SP 800-63B, 3.1.1. */
export const shortestPassword = 12;
const newPasswordSchema = z.string().min(shortestPassword).max(200);
const rolesSchema = z.array(roleSchema).min(1).max(roleSchema.options.length);

const meSchema = z.object({
  name: z.string(),
  /** Empty for a session that a one-time link of the collector's computer opened without an account. */
  accountId: z.string(),
  signInName: z.string(),
  roles: z.array(roleSchema),
  acts: z.array(actSchema),
  schoolName: z.string(),
});
export type Me = z.infer<typeof meSchema>;

/** `me` is absent for a visitor who is not signed in. */
export const sessionSchema = z.object({ me: meSchema.optional() });

export const signInSchema = z.strictObject({
  signInName: z.string().max(200),
  password: z.string().max(200),
});

const codeSchema = z.string().min(1).max(128);
export const linkQuestionSchema = z.strictObject({ code: codeSchema });

/** What a one-time link is for. Asking does not use it up. */
export const linkSchema = z.object({
  kind: z.enum(['technician', 'account']),
  schoolName: z.string(),
  /** The account whose password the link sets; empty for a technician's link. */
  name: z.string(),
  signInName: z.string(),
});
export type OneTimeLink = z.infer<typeof linkSchema>;

export const linkUseSchema = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('sign-in'), code: codeSchema }),
  z.strictObject({
    use: z.literal('create-account'),
    code: codeSchema,
    name: nameSchema,
    signInName: signInNameSchema,
    password: newPasswordSchema,
  }),
  z.strictObject({ use: z.literal('set-password'), code: codeSchema, password: newPasswordSchema }),
]);
export type LinkUse = z.infer<typeof linkUseSchema>;

const consoleSessionSchema = z.object({
  sessionId: z.string(),
  startedAt: z.string(),
  lastUsedAt: z.string(),
  endsAt: z.string(),
  /** As the browser named itself. */
  browser: z.string(),
  isThisOne: z.boolean(),
});
export type ConsoleSession = z.infer<typeof consoleSessionSchema>;
export const sessionListSchema = z.object({ items: z.array(consoleSessionSchema) });

export const passwordChangeSchema = z.strictObject({
  currentPassword: z.string().max(200),
  newPassword: newPasswordSchema,
});

/** `invited`: no password yet. */
export const accountStateSchema = z.enum(['active', 'invited', 'disabled']);

const accountSchema = z.object({
  accountId: z.string(),
  name: z.string(),
  signInName: z.string(),
  roles: z.array(roleSchema),
  state: accountStateSchema,
  createdAt: z.string(),
  lastSignInAt: z.string().optional(),
  openSessions: z.int(),
});
export type ConsoleAccount = z.infer<typeof accountSchema>;
export const accountListSchema = z.object({ items: z.array(accountSchema) });

export const newAccountSchema = z.strictObject({
  name: nameSchema,
  signInName: signInNameSchema,
  roles: rolesSchema,
});
/** Give the code to the person; it works once. The page makes the address from it. */
export const invitationSchema = z.object({ accountId: z.string(), code: z.string(), endsAt: z.string() });
export type Invitation = z.infer<typeof invitationSchema>;
export const accountChangeSchema = z.strictObject({
  roles: rolesSchema.optional(),
  disabled: z.boolean().optional(),
});
