/** The scripts in `findings/` are listed, say what they show, and name only files of this project that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../build/runtime/paths.ts';

const folder = path.join(projectRoot, 'findings');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh'));
const textOf = (script: string): string => readFileSync(path.join(folder, script), 'utf8');

test('the list of findings names each script once, and no others', () => {
  const list = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const named = [...list.matchAll(/^\| \[`([a-z0-9-]+)`\]\(([a-z0-9-]+\.sh)\) \|/gmu)].map(
    ([, name = '', file = '']) => {
      expect(file).toBe(`${name}.sh`);
      return file;
    },
  );
  expect(named.toSorted()).toEqual(scripts.toSorted());
});

test.each(scripts)('%s says what one expects, what happens, and how Porthor deals with it', (script) => {
  const comment = textOf(script).split('\nset -euo pipefail\n')[0] ?? '';
  const parts = [...comment.matchAll(/^# ([A-Z][a-z]+): /gmu)].map(([, part]) => part);
  expect(parts).toEqual(['Expected', 'Seen', 'Versions', 'Meaning', 'Porthor']);
});

test.each(scripts)('%s names files of Porthor that exist', (script) => {
  const about = textOf(script).split('\n# Porthor: ')[1]?.split('\nset -euo pipefail\n')[0] ?? '';
  const files = [...about.matchAll(/\b(?:build|collector|docs|electron|shared|tests)\/[\w./-]*\w/gu)].map(
    ([file]) => file,
  );
  for (const file of files) expect(existsSync(path.join(projectRoot, file)), file).toBe(true);
});

test.each(scripts)('%s pins every package that it installs', (script) => {
  const commands = [
    ...textOf(script)
      .replaceAll('\\\n', ' ')
      .matchAll(/npm install ([^\n;|&]+)/gu),
  ];
  const packages = commands.flatMap(([, words = '']) =>
    words.split(/\s+/u).filter((word) => word !== '' && !word.startsWith('-')),
  );
  for (const name of packages) expect(name).toMatch(/.@\d+\.\d+\.\d+$/u);
});
