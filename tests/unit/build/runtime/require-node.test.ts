/** Which versions of Node the commands accept, and that no command ends silently on another version. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { projectRoot } from '../../../../build/runtime/paths.ts';
import { isNodeGoodEnough, neededNode } from '../../../../build/runtime/require-node.ts';

describe('Node', () => {
  test.each([
    ['20.20.0', false],
    ['22.17.1', false],
    ['22.18.0', true],
    ['22.22.1', true],
    ['23.11.1', false],
    ['24.0.0', false],
    ['24.1.0', false],
    ['24.2.0', true],
    ['24.21.0', true],
    ['25.0.0', true],
    ['26.1.0-nightly', true],
  ])('%s: %s', (version, isGood) => {
    expect(isNodeGoodEnough(version)).toBe(isGood);
  });

  test('is named with the same version range in package.json', async () => {
    const manifest = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')));
    expect(manifest.engines.node).toBe(neededNode);
  });
});

test('every command that can be run directly goes through the check', async () => {
  const folder = path.join(projectRoot, 'build');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const asking: string[] = [];
  for (const file of files) {
    const source = await readFile(path.join(folder, file), 'utf8');
    if (!source.includes('if (import.meta.main)')) continue;
    asking.push(file);
    expect(source, file).toMatch(/import \{[^}]*\brunMain\b[^}]*\} from '[^']*setup-error\.ts'/u);
  }
  expect(asking.length).toBeGreaterThan(5);
  const runMainSource = await readFile(path.join(folder, 'runtime/setup-error.ts'), 'utf8');
  expect(runMainSource).toContain("import './require-node.ts';");
});
