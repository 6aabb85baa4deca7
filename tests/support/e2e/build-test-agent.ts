/** Builds the test agent's entry point beside the product's own build, whose windows and assets it uses. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildMain } from '../../../build/bundle/build.ts';
import { ensureBuild } from '../../../build/dev/agent-command.ts';
import { projectRoot, scratchFolder } from '../../../build/runtime/paths.ts';

/** The folder to start Electron with. */
export const testAgentFolder = path.join(scratchFolder, 'test-agent');

/** Returns the folder. */
export async function buildTestAgent(): Promise<string> {
  await ensureBuild();
  await rm(testAgentFolder, { recursive: true, force: true });
  await mkdir(testAgentFolder, { recursive: true });
  const entry = path.join(projectRoot, 'tests/support/e2e/agent-with-fakes.ts');
  await buildMain(entry, path.join(testAgentFolder, 'main'));
  for (const shared of ['dist', 'assets', 'node_modules']) {
    await symlink(path.join(projectRoot, shared), path.join(testAgentFolder, shared));
  }
  const manifest = { name: 'porthor-test-agent', version: '0.0.0', type: 'module', main: 'main/main.js' };
  await writeFile(path.join(testAgentFolder, 'package.json'), JSON.stringify(manifest));
  return testAgentFolder;
}
