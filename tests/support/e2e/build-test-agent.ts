/** Builds the test agent's entry point beside the product's own build, whose windows and assets it uses. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildMain } from '../../../build/bundle/build.ts';
import { ensureBuild } from '../../../build/dev/agent-command.ts';
import { projectRoot, scratchFolder } from '../../../build/runtime/paths.ts';

/** Answers the folder to start Electron with. */
export async function buildTestAgent(): Promise<string> {
  await ensureBuild();
  const folder = path.join(scratchFolder, 'test-agent');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await buildMain(path.join(projectRoot, 'tests/support/e2e/agent-with-fakes.ts'), path.join(folder, 'main'));
  for (const shared of ['dist', 'assets', 'node_modules']) {
    await symlink(path.join(projectRoot, shared), path.join(folder, shared));
  }
  const manifest = { name: 'porthor-test-agent', version: '0.0.0', type: 'module', main: 'main/main.js' };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
