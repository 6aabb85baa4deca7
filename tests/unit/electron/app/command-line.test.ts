import { describe, expect, it } from 'vitest';
import {
  describeWatchdog,
  readCommandLine,
  readSelfCheckRequest,
  readStartedBy,
} from '../../../../electron/app/command-line.ts';

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

  it('reports what started the agent, and how long the watchdog waits before it restarts a dead agent', () => {
    const asked = { isUnasked: false, atLogon: false, watchdogDelaySeconds: 0, onlyIfHereBefore: false };
    expect(readStartedBy(['Porthor.exe'])).toEqual(asked);
    expect(readStartedBy(['Porthor.exe', '--at-logon'])).toEqual({
      ...asked,
      isUnasked: true,
      atLogon: true,
    });
    expect(readStartedBy(['Porthor.exe', '--kept=120', '--if-here-before'])).toEqual({
      isUnasked: true,
      atLogon: false,
      watchdogDelaySeconds: 120,
      onlyIfHereBefore: true,
    });
    for (const nonsense of ['--kept=', '--kept=often', '--kept=-5', '--kept=NaN'])
      expect(readStartedBy([nonsense])).toEqual(asked);
    expect(readStartedBy(['--kept=1e9']).watchdogDelaySeconds).toBe(600);
  });

  it('reports as a capability whether a watchdog restarts a dead agent', () => {
    expect(describeWatchdog(120)).toEqual({ name: 'restart', level: 'full', reason: '' });
    expect(describeWatchdog(0)).toMatchObject({ name: 'restart', level: 'none' });
  });

  it('weakens nothing in a packaged build', () => {
    expect(readCommandLine(['--config', 'a.json', '--demo'], { PORTHOR_CONFIG: 'c.json' }, true)).toEqual({
      configFile: undefined,
      demonstration: false,
    });
  });

  it('runs a self-check only when the command line asks for it, and tests the lock only with consent', () => {
    expect(readSelfCheckRequest(['--json', '--consent-lock'])).toBeUndefined();
    expect(readSelfCheckRequest(['--no-sandbox', '--self-check'])).toEqual({
      json: false,
      saveFile: undefined,
      consentsToLock: false,
      deep: false,
    });
    expect(
      readSelfCheckRequest(['--self-check', '--json', '--save', 'report.json', '--consent-lock', '--deep']),
    ).toEqual({ json: true, saveFile: 'report.json', consentsToLock: true, deep: true });
  });
});
