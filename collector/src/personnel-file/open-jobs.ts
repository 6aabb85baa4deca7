/** Connects the jobs with the repositories that they read. */
import type { ConsoleAcknowledgementRepository } from '../repositories/console-acknowledgements.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { readRecord } from '../routes/console-record.ts';
import { createPersonnelJobs, type PersonnelJobs, type PersonnelJobsOptions } from './jobs.ts';

const rowsPerPage = 500;

type Options = Omit<PersonnelJobsOptions, 'source'> & {
  readonly consoleAcknowledgementsOf: (schoolId: string) => ConsoleAcknowledgementRepository;
  readonly policies: PolicyRepository;
};

export function openPersonnelJobs(options: Options): Promise<PersonnelJobs> {
  const { consoleAcknowledgementsOf } = options;
  const source: PersonnelJobsOptions['source'] = {
    count: (schoolId, filter) => consoleAcknowledgementsOf(schoolId).count(filter),
    async *records(schoolId, filter) {
      for (let cursor: string | undefined; ; ) {
        const query = { ...filter, sort: 'arrived', cursor } as const;
        const page = await consoleAcknowledgementsOf(schoolId).page(query, rowsPerPage);
        for (const { eventId } of page.items) {
          const record = await readRecord(options, schoolId, eventId);
          // Erased meanwhile.
          if (record !== undefined) yield record;
        }
        if (page.next === undefined) return;
        cursor = page.next;
      }
    },
  };
  return createPersonnelJobs({ ...options, source });
}
