/** The log keeps the lines from before its library was loaded, and never throws. */
import { describe, expect, it } from 'vitest';
import { createAgentLog } from '../../../../electron/app/agent-log.ts';

describe('the agent log', () => {
  it('writes the lines from before it was opened, in order, and then each line at once', async () => {
    const written: string[] = [];
    const log = createAgentLog(() => Promise.resolve((level, line) => written.push(`${level} ${line}`)));
    log.write('info', 'first');
    log.write('error', 'second');
    expect(written).toEqual([]);
    await log.open();
    log.write('info', 'third');
    expect(written).toEqual(['info first', 'error second', 'info third']);
  });

  it('loads its library once, however often it is opened', async () => {
    let loads = 0;
    const log = createAgentLog(() => {
      loads += 1;
      return Promise.resolve(() => undefined);
    });
    await Promise.all([log.open(), log.open()]);
    await log.open();
    expect(loads).toBe(1);
  });

  it('keeps the agent alive when the library or the file fails', async () => {
    const broken = createAgentLog(() => Promise.reject(new Error('no such file')));
    broken.write('error', 'lost');
    await expect(broken.open()).resolves.toBeUndefined();

    let tries = 0;
    const full = createAgentLog(() =>
      Promise.resolve(() => {
        tries += 1;
        throw new Error('disk full');
      }),
    );
    await full.open();
    full.write('info', 'first');
    full.write('info', 'second');
    expect(tries).toBe(2);
  });

  it('tries again at the next opening, with the newest of the lines until then', async () => {
    const written: string[] = [];
    let loads = 0;
    const log = createAgentLog(() => {
      loads += 1;
      return loads === 1
        ? Promise.reject(new Error('no such file'))
        : Promise.resolve((_level, line) => written.push(line));
    });
    await log.open();
    for (let line = 1; line <= 1500; line += 1) log.write('info', `line ${line}`);
    await log.open();
    expect(written).toHaveLength(1000);
    expect([written[0], written.at(-1)]).toEqual(['line 501', 'line 1500']);
  });
});
