import { describe, expect, test } from 'vitest';
import { createChunkNames } from '../../../../build/bundle/main-chunks.ts';

const imports: Readonly<Record<string, readonly string[]>> = {
  entry: ['window', 'shared'],
  window: ['shared'],
  shared: [],
  // The agent needs what is loaded already, and two modules that need each other.
  agent: ['shared', 'left'],
  left: ['right'],
  right: ['left', 'removed'],
  later: ['shared', 'right'],
};
const find = (id: string) => {
  const importedIds = imports[id];
  return importedIds === undefined ? null : { importedIds };
};

describe('the files of the main process', () => {
  const fileOf = createChunkNames('entry', 'agent');
  test.each([
    ['window', 'start'],
    ['shared', 'start'],
    ['agent', 'agent'],
    ['left', 'agent'],
    ['right', 'agent'],
    ['later', null],
    ['entry', null],
  ])('%s is in %s', (id, file) => {
    expect(fileOf(id, find)).toBe(file);
  });
});
