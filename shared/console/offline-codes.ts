/** Codes that approve a device by telephone, as the console issues and lists them. */
import { z } from 'zod';
import { mostOfflineDays } from '../device/offline-code.ts';

export const newOfflineCodeSchema = z.strictObject({
  /** As the user reads it from the warning. */
  deviceNumber: z.string().max(40),
  /** 0: until the end of today. */
  days: z.int().min(0).max(mostOfflineDays),
  reason: z.string().trim().max(500),
});
export const issuedOfflineCodeSchema = z.object({ code: z.string(), expiresAt: z.string() });

const offlineCodeSchema = z.object({
  slot: z.int(),
  deviceNumber: z.string(),
  expiresAt: z.string(),
  reason: z.string(),
  issuedBy: z.string(),
  issuedAt: z.string(),
});
/** Newest first. */
export const offlineCodeListSchema = z.object({ items: z.array(offlineCodeSchema) });
export type OfflineCode = z.infer<typeof offlineCodeSchema>;
