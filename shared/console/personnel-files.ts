/** Jobs that make PDFs for the personnel files. */
import { z } from 'zod';
import { languageSchema } from '../lib/language.ts';
import { filterSchema } from './acknowledgements.ts';

/** Files hold names, so they are kept this long after they are ready. */
export const keptHours = 24;
/** Jobs of one school that wait or run. */
export const mostOpenJobs = 5;

export const jobFormSchema = z.enum(['zip', 'pdf']);

export const newJobSchema = z.strictObject({
  filter: filterSchema,
  form: jobFormSchema,
  language: languageSchema,
});

/** `interrupted`: the collector was stopped meanwhile. */
const jobStateSchema = z.enum(['waiting', 'running', 'done', 'failed', 'interrupted', 'cancelled']);

export const jobSchema = z.object({
  jobId: z.string(),
  filter: filterSchema,
  form: jobFormSchema,
  language: languageSchema,
  state: jobStateSchema,
  done: z.int(),
  total: z.int(),
  startedAt: z.string(),
  /** When the file is deleted. */
  endsAt: z.string().optional(),
});
export type PersonnelJob = z.infer<typeof jobSchema>;
/** Newest first. */
export const jobListSchema = z.object({ items: z.array(jobSchema) });
