/** Imports that run on while the browser is elsewhere. One at a time for each school. */
import type { ImportState } from '../../../shared/console/people.ts';
import type { RosterRepository } from '../repositories/roster.ts';
import type { ImportPlan } from './plan-import.ts';

/** People in one write, so that agents' reports are not kept waiting. */
const peoplePerWrite = 100;

export interface ImportJobs {
  /** False while another import of the school runs. */
  start(repository: RosterRepository, plan: ImportPlan, actor: string): boolean;
  stateOf(schoolId: string): ImportState;
}

export function createImportJobs(log: (line: string) => void): ImportJobs {
  const states = new Map<string, ImportState>();

  async function run(repository: RosterRepository, plan: ImportPlan, actor: string): Promise<void> {
    const people = [...plan.added, ...plan.changed];
    const total = people.length + plan.left.length;
    for (let start = 0; start < people.length; start += peoplePerWrite) {
      await repository.put(people.slice(start, start + peoplePerWrite));
      const done = Math.min(start + peoplePerWrite, people.length);
      states.set(repository.schoolId, { state: 'running', done, total });
    }
    await repository.finish({
      actor,
      leftIds: plan.left.map(({ personId }) => personId),
      added: plan.added.length,
      changed: plan.changed.length,
    });
    states.set(repository.schoolId, { state: 'done', done: total, total });
  }

  return {
    start(repository, plan, actor) {
      const { schoolId } = repository;
      if (states.get(schoolId)?.state === 'running') return false;
      const total = plan.added.length + plan.changed.length + plan.left.length;
      states.set(schoolId, { state: 'running', done: 0, total });
      run(repository, plan, actor).catch((error: unknown) => {
        log(`an import of the list of people has failed: ${String(error)}`);
        states.set(schoolId, { state: 'failed', done: states.get(schoolId)?.done ?? 0, total });
      });
      return true;
    },
    stateOf: (schoolId) => states.get(schoolId) ?? { state: 'none', done: 0, total: 0 },
  };
}
