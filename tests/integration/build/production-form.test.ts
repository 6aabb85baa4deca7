/** The pages hold React's production form, whatever `NODE_ENV` says to the command that builds them. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildPages } from '../../../build/bundle/build.ts';
import { buildConsole } from '../../../build/bundle/build-console.ts';

/** What the compiler calls for each element in the development form alone. */
const developmentOnly = '.jsxDEV)(';

test.each([
  ["the windows' pages", (folder: string) => buildPages(folder)],
  ["the console's pages", (folder: string) => buildConsole(folder)],
])('%s are built for production in a test run too', async (_name, build) => {
  expect(process.env['NODE_ENV']).toBe('test');
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-production-'));
  try {
    await build(folder);
    const scripts = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'));
    expect(scripts).not.toEqual([]);
    const texts = await Promise.all(scripts.map((file) => readFile(path.join(folder, file), 'utf8')));
    expect(texts.filter((text) => text.includes(developmentOnly))).toEqual([]);
    expect(process.env['NODE_ENV']).toBe('test');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
