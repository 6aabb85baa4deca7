import { describe, expect, it } from 'vitest';
import { readCommandLine, readSelfCheckRequest } from '../../../electron/app/command-line.ts';

describe('the command line', () => {
  it('takes a config file and demonstration mode in an unpackaged build', () => {
    expect(readCommandLine(['--no-sandbox', '--config', 'a.json', '--demo'], {}, false)).toEqual({
      configFile: 'a.json',
      demonstration: true,
    });
    expect(readCommandLine(['--config=b.json'], { PORTHOR_CONFIG: 'c.json' }, false).configFile).toBe(
      'b.json',
    );
    expect(readCommandLine([], { PORTHOR_CONFIG: 'c.json' }, false)).toEqual({
      configFile: 'c.json',
      demonstration: false,
    });
  });

  it('weakens nothing in a packaged build', () => {
    expect(readCommandLine(['--config', 'a.json', '--demo'], { PORTHOR_CONFIG: 'c.json' }, true)).toEqual({
      configFile: undefined,
      demonstration: false,
    });
  });

  it('asks for a self-check only where it says so, and for a lock only with consent', () => {
    expect(readSelfCheckRequest(['--json', '--consent-lock'])).toBeUndefined();
    expect(readSelfCheckRequest(['--no-sandbox', '--self-check'])).toEqual({
      json: false,
      saveFile: undefined,
      consentsToLock: false,
    });
    expect(
      readSelfCheckRequest(['--self-check', '--json', '--save', 'report.json', '--consent-lock']),
    ).toEqual({ json: true, saveFile: 'report.json', consentsToLock: true });
  });
});
