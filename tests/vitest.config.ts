/** One vitest project for each kind of test, so that each can be run, timed and found empty on its own. */
import { defineConfig } from 'vitest/config';
import { projectRoot } from '../build/runtime/paths.ts';

/**
 * `browserOrElectron`: real programs start up in these, which takes seconds, not milliseconds. `deadlineMs` where that
 * is not enough either.
 */
const projects = [
  { name: 'unit', browserOrElectron: false },
  { name: 'contract', browserOrElectron: false },
  { name: 'architecture', browserOrElectron: false },
  { name: 'integration', browserOrElectron: true },
  { name: 'collector', browserOrElectron: true },
  { name: 'renderer', browserOrElectron: true },
  { name: 'packaging', browserOrElectron: true, deadlineMs: 400_000 },
  { name: 'usb-vm', browserOrElectron: true, deadlineMs: 180_000 },
  { name: 'wine', browserOrElectron: true, deadlineMs: 300_000 },
] satisfies readonly { name: string; browserOrElectron: boolean; deadlineMs?: number }[];

export default defineConfig({
  root: projectRoot,
  test: {
    maxWorkers: 2,
    allowOnly: false,
    projects: projects.map(
      ({ name, browserOrElectron, deadlineMs = browserOrElectron ? 60_000 : 10_000 }) => ({
        root: projectRoot,
        test: {
          name,
          include: [`tests/${name}/**/*.test.{ts,tsx}`],
          environment: 'node',
          // Programs that start up share two cores with nothing else; pure tests may share with each other.
          fileParallelism: !browserOrElectron,
          testTimeout: deadlineMs,
          hookTimeout: deadlineMs,
          restoreMocks: true,
        },
      }),
    ),
  },
});
