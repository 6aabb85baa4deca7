/**
 * Makes personnel files for everything that a filter finds, one job after the other. A job is a JSON file beside its result,
 * so that progress survives a reload, and a stopped collector shows which jobs it did not finish.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  jobSchema,
  keptHours,
  mostOpenJobs,
  type newJobSchema,
} from '../../../shared/console/personnel-files.ts';
import type { FullRecord } from '../routes/console-record.ts';
import { startPaperMaker } from './paper-maker.ts';

const folderName = 'personnel-files';
const hourMs = 60 * 60 * 1000;
/** Progress is written to disk this often, and kept in memory for those who ask. */
const savedEachMs = 2000;

const storedJobSchema = jobSchema.extend({
  schoolId: z.string(),
  schoolName: z.string(),
  finishedAt: z.string(),
});
type Job = z.infer<typeof storedJobSchema>;

interface Source {
  count(schoolId: string, filter: Job['filter']): Promise<number>;
  /** In the order of arrival, newest first. */
  records(schoolId: string, filter: Job['filter']): AsyncIterable<FullRecord>;
}

export interface PersonnelJobsOptions {
  readonly dataDirectory: string;
  readonly source: Source;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

type NewJob = z.infer<typeof newJobSchema> & {
  readonly schoolId: string;
  readonly schoolName: string;
};

export interface PersonnelJobs {
  /** Newest first. */
  list(schoolId: string): Promise<readonly Job[]>;
  add(job: NewJob): Promise<Job | 'too-many' | 'nothing'>;
  /** The finished file; undefined for none. */
  fileOf(
    schoolId: string,
    jobId: string,
  ): Promise<{ readonly file: string; readonly form: Job['form'] } | undefined>;
  /** Cancels it, or deletes it with its file. False for no such job. */
  remove(schoolId: string, jobId: string): Promise<boolean>;
  /** A PDF of one record. */
  makeOne(
    record: FullRecord,
    paper: { readonly language: Job['language']; readonly schoolName: string },
  ): Promise<Buffer>;
  /** Ends the job that runs, which is then `interrupted`. */
  stop(): Promise<void>;
}

const isOpen = ({ state }: Job): boolean => state === 'waiting' || state === 'running';

export async function createPersonnelJobs(options: PersonnelJobsOptions): Promise<PersonnelJobs> {
  const { source, now, log } = options;
  const folder = path.join(options.dataDirectory, folderName);
  // Only when something is made: a collector that makes no files keeps no folder for them.
  const makeFolder = () => mkdir(folder, { recursive: true, mode: 0o700 });
  const jobs = await readJobs(folder);
  /** Ids whose job is to end. */
  const cancelled = new Set<string>();
  let isStopping = false;
  let running: Promise<void> = Promise.resolve();

  const jsonOf = (jobId: string) => path.join(folder, `${jobId}.json`);
  const resultOf = ({ jobId, form }: Pick<Job, 'jobId' | 'form'>) => path.join(folder, `${jobId}.${form}`);

  async function save(job: Job): Promise<void> {
    jobs.set(job.jobId, job);
    const file = jsonOf(job.jobId);
    await makeFolder();
    await writeFile(`${file}.new`, JSON.stringify(job), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async function forget(job: Job): Promise<void> {
    jobs.delete(job.jobId);
    await rm(resultOf(job), { force: true });
    await rm(jsonOf(job.jobId), { force: true });
  }

  async function write(job: Job, part: string): Promise<Job['state']> {
    const { form, language, schoolName } = job;
    const maker = startPaperMaker({ file: part, form, language, schoolName, madeAt: now().toISOString() });
    let done = 0;
    let savedMs = Date.now();
    try {
      for await (const record of source.records(job.schoolId, job.filter)) {
        if (isStopping) return 'interrupted';
        if (cancelled.has(job.jobId)) return 'cancelled';
        await maker.add(record);
        done += 1;
        const moved = { ...job, state: 'running', done, total: Math.max(job.total, done) } as const;
        jobs.set(job.jobId, moved);
        if (Date.now() - savedMs < savedEachMs) continue;
        savedMs = Date.now();
        await save(moved);
      }
      await maker.end();
      return 'done';
    } finally {
      await maker.stop();
    }
  }

  async function run(jobId: string): Promise<void> {
    const job = jobs.get(jobId);
    if (job === undefined || isStopping) return;
    const part = path.join(folder, `${jobId}.part`);
    let state: Job['state'];
    try {
      state = await write(job, part);
      if (state === 'done') await rename(part, resultOf(job));
    } catch (error) {
      log(`a personnel file was not made: ${error instanceof Error ? error.message : String(error)}`);
      state = 'failed';
    }
    await rm(part, { force: true });
    const reached = jobs.get(jobId);
    if (reached === undefined) return;
    const total = state === 'done' ? reached.done : reached.total;
    const finishedAt = now().toISOString();
    const endsAt = new Date(now().getTime() + keptHours * hourMs).toISOString();
    await save({ ...reached, state, total, finishedAt, endsAt });
  }

  async function forgetOld(): Promise<void> {
    const at = now().toISOString();
    for (const job of jobs.values()) {
      if (job.endsAt !== undefined && job.endsAt <= at) await forget(job);
    }
  }

  for (const job of jobs.values()) {
    if (!isOpen(job)) continue;
    const endsAt = new Date(now().getTime() + keptHours * hourMs).toISOString();
    await save({ ...job, state: 'interrupted', endsAt });
  }
  await forgetOld();
  const sweeping = setInterval(() => {
    forgetOld().catch((error: unknown) => log(`an old personnel file was not deleted: ${String(error)}`));
  }, hourMs);
  sweeping.unref();

  const ofSchool = (schoolId: string) =>
    [...jobs.values()]
      .filter((job) => job.schoolId === schoolId)
      .toSorted((left, right) => (left.startedAt < right.startedAt ? 1 : -1));

  return {
    async list(schoolId) {
      await forgetOld();
      return ofSchool(schoolId);
    },

    async add({ schoolId, schoolName, filter, form, language }) {
      if (ofSchool(schoolId).filter(isOpen).length >= mostOpenJobs) return 'too-many';
      const total = await source.count(schoolId, filter);
      if (total === 0) return 'nothing';
      const job: Job = {
        jobId: randomUUID(),
        schoolId,
        schoolName,
        filter,
        form,
        language,
        state: 'waiting',
        done: 0,
        total,
        startedAt: now().toISOString(),
        finishedAt: '',
      };
      await save(job);
      running = running.then(() => run(job.jobId));
      return job;
    },

    async fileOf(schoolId, jobId) {
      await forgetOld();
      const job = jobs.get(jobId);
      return job?.schoolId === schoolId && job.state === 'done'
        ? { file: resultOf(job), form: job.form }
        : undefined;
    },

    async remove(schoolId, jobId) {
      const job = jobs.get(jobId);
      if (job?.schoolId !== schoolId) return false;
      if (job.state === 'running') cancelled.add(jobId);
      else await forget(job);
      return true;
    },

    async makeOne(record, paper) {
      const file = path.join(folder, `${randomUUID()}.part`);
      await makeFolder();
      const maker = startPaperMaker({ ...paper, file, form: 'one', madeAt: now().toISOString() });
      try {
        await maker.add(record);
        await maker.end();
        return await readFile(file);
      } finally {
        await maker.stop();
        await rm(file, { force: true });
      }
    },

    async stop() {
      isStopping = true;
      clearInterval(sweeping);
      await running;
    },
  };
}

/** Files that belong to no job are what a stopped collector left. */
async function readJobs(folder: string): Promise<Map<string, Job>> {
  const jobs = new Map<string, Job>();
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const text = await readFile(path.join(folder, name), 'utf8');
    const job = storedJobSchema.safeParse(parse(text));
    if (job.success) jobs.set(job.data.jobId, job.data);
  }
  for (const name of names) {
    const isOfJob = jobs.has(name.split('.')[0] ?? '') && !name.endsWith('.part');
    if (!isOfJob) await rm(path.join(folder, name), { force: true });
  }
  return jobs;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
