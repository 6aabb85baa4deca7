/** What the collector answers about its transparency log. */
import { z } from 'zod';

export const logProofSchema = z.object({
  leafIndex: z.int().nonnegative().describe('The place of the leaf in the log, from 0'),
  entry: z.string().describe('The leaf: its form, its kind and the salted hash of the event'),
  proof: z
    .array(z.base64())
    .describe('The inclusion proof of RFC 9162, from the leaf up: hashes of 32 bytes in base64'),
  checkpoint: z.string().describe('The signed checkpoint that the proof leads to'),
});
