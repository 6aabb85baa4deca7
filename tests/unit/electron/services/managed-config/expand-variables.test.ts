import { describe, expect, it } from 'vitest';
import { expandVariables } from '../../../../../electron/services/managed-config/expand-variables.ts';

describe('variables in a path', () => {
  it.each([
    ['%USERNAME%', { USERNAME: 'sprys' }, 'sprys'],
    ['\\\\server\\porthor\\%username%\\x', { UserName: 'sprys' }, '\\\\server\\porthor\\sprys\\x'],
    ['/srv/%USERNAME%', { USER: 'sprys' }, '/srv/sprys'],
    ['%NOT_SET%/a', {}, '%NOT_SET%/a'],
    ['100 % of %', { of: 'x' }, '100 % of %'],
  ])('%s', (template, environment, expected) => {
    expect(expandVariables(template, environment)).toBe(expected);
  });
});
