/** How PCs come to the collector: tokens, the collector's address, the agent's installers, and break-glass codes. */
import { z } from 'zod';

export const tokenStateSchema = z.enum(['valid', 'expired', 'revoked', 'used-up']);

const tokenSchema = z.object({
  tokenId: z.string(),
  createdAt: z.string(),
  /** Absent: it never expires. */
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
  state: tokenStateSchema,
  uses: z.int(),
  /** Absent: no limit. */
  maxUses: z.int().optional(),
  needsApproval: z.boolean(),
});
export type EnrolmentToken = z.infer<typeof tokenSchema>;

const installerSchema = z.object({ name: z.string(), sizeBytes: z.int(), sha256: z.string() });
export type Installer = z.infer<typeof installerSchema>;

export const enrolmentSchema = z.object({
  /** Newest first. */
  tokens: z.array(tokenSchema),
  /** The address that PCs are given: the public one where it is set, else the one under which this page was asked for. */
  collectorUrl: z.string(),
  /** What agents trust: https, or this computer itself. */
  isTrusted: z.boolean(),
  /** Newest version first. */
  installers: z.array(installerSchema),
  installerFolder: z.string(),
  /** For the command line where no installer is in the folder. */
  version: z.string(),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

export const newTokenSchema = z.strictObject({
  /** Null: it never expires. */
  expiresAfterDays: z.int().min(1).max(3650).nullable(),
  /** Null: no limit. */
  maxUses: z.int().min(1).max(1_000_000).nullable(),
  needsApproval: z.boolean(),
});
/** The token is shown once: the collector keeps only its hash. */
export const issuedTokenSchema = z.object({
  tokenId: z.string(),
  token: z.string(),
  expiresAt: z.string().optional(),
});
export type IssuedToken = z.infer<typeof issuedTokenSchema>;

/** The code is shown once; the PCs get its hash as `gate.breakGlassCodeSha256`. */
export const breakGlassSchema = z.object({ code: z.string(), sha256: z.string() });
