/** Rules of the house that no linter holds: names, purposes, exact versions, and one reader of the operating system. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { projectRoot } from '../../build/runtime/paths.ts';

const rooms = ['build', 'collector', 'electron', 'renderer', 'shared', 'tests'];

const files = rooms.flatMap((room) =>
  readdirSync(path.join(projectRoot, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).includes('node_modules')),
);
const sources = files.filter((file) => /\.(ts|tsx|js)$/.test(file));
const textOf = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

test('there are sources to look at in every room', () => {
  for (const room of rooms)
    expect(
      sources.some((file) => file.startsWith(`${room}${path.sep}`)),
      room,
    ).toBe(true);
});

// A test file has the titles of its tests.
test('every source starts with its purpose', () => {
  const silent = sources
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .filter((file) => !/^(#!.*\n)?\/\*\*/.test(textOf(file)));
  expect(silent).toEqual([]);
});

test('sources are named in kebab-case, with suffixes that say their role', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
  expect(sources.filter((file) => !kebab.test(path.basename(file)))).toEqual([]);
});

test('unit tests mirror the source: each stands in the folder of what it tests', () => {
  const folders = new Set(
    files.filter((file) => file.startsWith(path.join('tests', 'unit'))).map((file) => path.dirname(file)),
  );
  const strays = [...folders].filter((folder) => {
    const source = path.relative(path.join('tests', 'unit'), folder);
    return !existsSync(path.join(projectRoot, source));
  });
  expect(folders.size).toBeGreaterThan(30);
  expect(strays).toEqual([]);
});

test('one file of the agent asks which operating system this is', () => {
  const readers = sources.filter(
    (file) =>
      file.startsWith('electron') && /\bprocess\s*\.\s*platform\b/.test(withoutComments(textOf(file))),
  );
  expect(readers).toEqual([path.join('electron', 'platform', 'create-platform.ts')]);
});

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      dev: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const readLock = (folder: string) =>
  lockSchema.parse(JSON.parse(textOf(path.join(folder, 'package-lock.json')))).packages;

function expectExactVersions(folder: string): void {
  const manifest = manifestSchema.parse(JSON.parse(textOf(path.join(folder, 'package.json'))));
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(Object.keys(wanted).length).toBeGreaterThan(0);
  expect(Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
}

test.each(['.', 'build/runtime/verification', 'build/package/windows-natives', 'tests/wine/runtime'])(
  '%s pins its dependencies',
  (folder) => {
    expectExactVersions(folder);
    const packages = readLock(folder);
    // A workspace is source in this repository; the lock file links to its folder.
    const locked = Object.entries(packages).filter(
      ([name, entry]) => name.includes('node_modules/') && entry.link !== true,
    );
    // An address would bind every user of the lock file to one registry.
    expect(locked.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(locked.filter(([, entry]) => entry.integrity === undefined).map(([name]) => name)).toEqual([]);
  },
);

test('the collector pins its dependencies in the one lock file', () => {
  expectExactVersions('collector');
  expect(files.filter((file) => file === path.join('collector', 'package-lock.json'))).toEqual([]);
});

test('a server that installs the collector alone gets no Electron and no tool of the developers', () => {
  const packages = readLock('.');
  const reached = new Set<string>();
  const visit = (place: string): void => {
    const entry = packages[place];
    for (const name of Object.keys({ ...entry?.dependencies, ...entry?.optionalDependencies })) {
      const found = [`${place}/node_modules/${name}`, `node_modules/${name}`].find(
        (candidate) => packages[candidate] !== undefined,
      );
      if (found === undefined) throw new Error(`${place} needs ${name}, which the lock file does not hold`);
      if (reached.has(found)) continue;
      reached.add(found);
      visit(found);
    }
  };
  visit('collector');
  expect(reached).toContain('node_modules/fastify');
  expect([...reached].filter((place) => /electron|react|vite|playwright/u.test(place))).toEqual([]);
  expect([...reached].filter((place) => packages[place]?.dev === true)).toEqual([]);
});
