import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheOf, createCachedLoader } from '../../../../electron/app/code-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'porthor-code-cache-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, source: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, source);
  return file;
};

const makeCache = (file: string): void => {
  const loader = createCachedLoader();
  loader.load(file);
  for (const [each, { script }] of loader.loaded()) writeFileSync(cacheOf(each), script.createCachedData());
};

const load = (file: string) => {
  const loader = createCachedLoader();
  const exports = loader.load(file);
  return { exports, isRefused: loader.loaded().get(file)?.script.cachedDataRejected };
};

describe('the loader of the main process', () => {
  test('runs a file once for all that need it, and files that need each other', () => {
    write('left.cjs', 'exports.runs = (exports.runs ?? 0) + 1; exports.right = require("./right.cjs").name;');
    write('right.cjs', 'exports.name = "right"; exports.left = require("./left.cjs");');
    const main = write('main.cjs', 'module.exports = [require("./left.cjs"), require("./right.cjs")];');
    const [left, right] = createCachedLoader().load(main) as [
      { runs: number; right: string },
      { left: unknown },
    ];
    expect(left.runs).toBe(1);
    expect(left.right).toBe('right');
    expect(right.left).toBe(left);
  });

  test('leaves other modules to Node, and imports on demand', async () => {
    const main = write(
      'main.cjs',
      'exports.separator = require("node:path").sep; exports.later = () => import("node:os");',
    );
    const { separator, later } = createCachedLoader().load(main) as {
      separator: string;
      later: () => Promise<{ EOL: string }>;
    };
    expect(separator).toBe(path.sep);
    expect((await later()).EOL).toBeTypeOf('string');
  });

  test('takes the code that V8 made of the same file', () => {
    const file = write('main.cjs', 'exports.sum = (left, right) => left + right;');
    expect(load(file).isRefused).toBeUndefined();
    makeCache(file);
    expect(load(file).isRefused).toBe(false);
  });

  // V8 remembers each text that it has read, so each file is read here once.
  test.each([
    ['of another text', 'exports.answer = 42; exports.added = true;', undefined],
    ['that is damaged', 'exports.answer = 42; exports.added = [];', 'damaged'],
  ])('runs the file itself with a cache %s', (_what, source, cache) => {
    const file = write('main.cjs', 'exports.answer = 42;');
    makeCache(file);
    write('main.cjs', source);
    if (cache !== undefined) writeFileSync(cacheOf(file), cache);
    const { exports, isRefused } = load(file);
    expect(Object.keys(exports as object)).toEqual(['answer', 'added']);
    expect(isRefused).toBe(true);
  });
});
