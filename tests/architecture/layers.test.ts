/** The layer rules work: in a tree with one trespass for every rule, the check reports exactly those. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from '../../build/runtime/child.ts';
import { projectRoot } from '../../build/runtime/paths.ts';

/** File → its text. Each trespass has the name of the rule that must catch it. */
const tree: Readonly<Record<string, string>> = {
  'shared/lib/result.ts': `export const fine = 1;`,
  'shared/shared-is-neutral.ts': `import 'node:fs';`,
  'shared/no-circular.ts': `import './circular-too.ts'; export const a = 1;`,
  'shared/circular-too.ts': `import './no-circular.ts';`,
  'shared/not-to-unresolvable.ts': `import './nowhere.ts';`,
  'electron/domain/media/decide.ts': `export { fine } from '../../../shared/lib/result.ts';`,
  'electron/domain/domain-is-pure.ts': `import 'node:crypto';`,
  'shared/ipc/gate.ts': `export type Shown = string;`,
  'electron/domain/domain-knows-no-window.ts': `import type { Shown } from '../../shared/ipc/gate.ts'; export type Known = Shown;`,
  'electron/platform/lock/lock-port.ts': `export type Lock = string;`,
  'electron/platform/lock/lock.win32.ts': `import 'node:os'; export const lock = 1;`,
  'electron/platform/platform-knows-no-policy.ts': `import '../domain/media/decide.ts';`,
  'electron/platform/to-storage/platform-knows-no-policy.ts': `import '../../storage/fine.ts';`,
  'electron/platform/to-services/platform-knows-no-policy.ts': `import type { lock } from '../../services/fine.ts'; export type Lock = typeof lock;`,
  'electron/platform/lock/lock.freebsd.ts': `import './idle-time.electron.ts'; export const lock = 1;`,
  'electron/platform/lock/idle-time.electron.ts': `export const idleTime = 1;`,
  'electron/platform/lock/systems-stay-apart.darwin.ts': `import './lock.freebsd.ts';`,
  'electron/storage/fine.ts': `export const stored = 1;`,
  'electron/storage/storage-knows-no-decisions.ts': `import '../services/fine.ts';`,
  'electron/services/fine.ts': `import type { Lock } from '../platform/lock/lock-port.ts'; export const lock: Lock = '';`,
  'electron/services/services-use-ports.ts': `export const load = () => import('../platform/lock/lock.win32.ts');`,
  'electron/services/freebsd/services-use-ports.ts': `export const load = () => import('../../platform/lock/lock.freebsd.ts');`,
  'electron/services/services-know-no-electron.ts': `import { app } from 'electron'; export const name = app.name;`,
  'electron/platform/create.ts': `export const load = () => [import('./lock/lock.win32.ts'), import('./lock/lock.freebsd.ts')];`,
  'electron/app/adapters-only-by-dynamic-import.ts': `import '../platform/lock/lock.win32.ts';`,
  'electron/app/freebsd/adapters-only-by-dynamic-import.ts': `import '../../platform/lock/lock.freebsd.ts';`,
  'electron/app/compose.ts': `import '../services/fine.ts';`,
  'electron/tray/windows-tray-ipc-use-services.ts': `import '../app/compose.ts';`,
  'electron/windows/windows-tray-ipc-use-services.ts': `export const load = () => import('../platform/lock/lock.freebsd.ts');`,
  'electron/preload/preload-is-a-bridge.ts': `import '../services/fine.ts';`,
  'renderer/gate/form.ts': `export const form = 1;`,
  'renderer/about/one-window-never-imports-another.ts': `import '../gate/form.ts';`,
  'renderer/gate/renderer-knows-shared.ts': `import '../../electron/services/fine.ts';`,
  'collector/src/collector-stands-alone.ts': `import '../../electron/domain/media/decide.ts';`,
  'collector/src/page/collector-stands-alone.ts': `import '../../console/api.ts';`,
  'collector/console/api.ts': `export const api = 1;`,
  'collector/console/console-asks-the-api.ts': `import '../src/lives.ts';`,
  'collector/console/windows/console-asks-the-api.ts': `import '../../../renderer/gate/form.ts';`,
  'collector/src/lives.ts': `export const lives = 1;`,
  'collector/migrations/migrations-are-frozen.ts': `import 'node:crypto'; import 'kysely'; import '../src/lives.ts';`,
  'tests/fake.ts': `export const fake = 1;`,
  'tests/support/helper.ts': `export const helper = 1;`,
  'tests/collector/own-helper.ts': `import '../support/helper.ts'; export const own = 1;`,
  'tests/e2e/test-folders-share-only-support.ts': `import '../collector/own-helper.ts';`,
  'shared/lib/product-knows-no-tests.ts': `import '../../tests/fake.ts';`,
};

/** `systems-stay-apart.darwin.ts` is a trespass of a file with a suffix. */
const ruleOf = (file: string) => path.basename(file).split('.')[0] ?? '';

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-layers-'));
  const files = {
    ...tree,
    'tests/tsconfig.json': '{ "compilerOptions": { "allowImportingTsExtensions": true } }',
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  await symlink(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('every rule catches its trespass, and allowed imports pass', async () => {
  const cruiser = path.join(projectRoot, 'node_modules/.bin/depcruise');
  const config = path.join(projectRoot, '.dependency-cruiser.cjs');
  const rooms = ['electron', 'renderer', 'shared', 'collector', 'tests'];
  const { stdout, stderr } = await run(
    process.execPath,
    [cruiser, '--config', config, '--output-type', 'json', ...rooms],
    { cwd: folder },
  );
  expect(stderr).toBe('');
  const { violations } = reportSchema.parse(JSON.parse(stdout)).summary;
  const caught = new Map<string, Set<string>>();
  for (const { from, rule } of violations) {
    const rules = caught.get(from) ?? new Set();
    caught.set(from, rules.add(rule.name));
  }
  const trespasses = Object.keys(tree).filter((file) => path.basename(file).split('-').length >= 3);
  for (const file of trespasses) expect(caught.get(file), file).toContain(ruleOf(file));
  for (const file of caught.keys()) expect([...trespasses, 'shared/circular-too.ts']).toContain(file);
});

test('every rule has its trespass', async () => {
  const { stdout } = await run(process.execPath, [
    '-p',
    `JSON.stringify(require(${JSON.stringify(path.join(projectRoot, '.dependency-cruiser.cjs'))}).forbidden.map(({ name }) => name))`,
  ]);
  const rules = z.array(z.string()).parse(JSON.parse(stdout));
  const seeded = Object.keys(tree).map(ruleOf);
  expect(rules.filter((rule) => !seeded.includes(rule))).toEqual([]);
});
