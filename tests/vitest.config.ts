/** One vitest project for each kind of test, so that each can be run, timed and found empty on its own. */
import { defineConfig } from 'vitest/config';
import { projectRoot } from '../build/runtime/paths.ts';

/**
 * `browserOrElectron`: real programs start in these, so their files run one after the other. `deadlineMs` where one
 * minute is too short. The deadline only ends a test that hangs: property tests take a second, and twenty on a busy PC.
 */
const projects = [
  { name: 'unit', browserOrElectron: false },
  { name: 'contract', browserOrElectron: false },
  { name: 'architecture', browserOrElectron: false },
  { name: 'integration', browserOrElectron: true },
  { name: 'collector', browserOrElectron: true },
  { name: 'console', browserOrElectron: true },
  { name: 'renderer', browserOrElectron: true },
  { name: 'packaging', browserOrElectron: true, deadlineMs: 400_000 },
  { name: 'postgres', browserOrElectron: true, deadlineMs: 120_000 },
  { name: 'usb-vm', browserOrElectron: true, deadlineMs: 180_000 },
  { name: 'wine', browserOrElectron: true, deadlineMs: 300_000 },
] satisfies readonly { name: string; browserOrElectron: boolean; deadlineMs?: number }[];

export default defineConfig({
  root: projectRoot,
  test: {
    maxWorkers: 2,
    allowOnly: false,
    projects: projects.map(({ name, browserOrElectron, deadlineMs = 60_000 }) => ({
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
        // A wait for a condition ends when it holds; a busy machine reaches it late.
        expect: { poll: { timeout: 30_000 } },
      },
    })),
  },
});
