/** Services as Windows tells of them: the real calls, asked of the services that Wine has. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../electron/platform/native/native.win32.ts';
import { createServiceQuestion } from '../../../electron/platform/native/service-state.win32.ts';

describe('services of Windows', () => {
  let isServiceRunning: (name: string) => boolean;
  beforeAll(async () => {
    const native = await loadNative();
    if (!native.ok) throw new Error(native.error);
    isServiceRunning = createServiceQuestion(native.value);
  });

  it('one that starts with the session runs', () => {
    const running = ['PlugPlay', 'RpcSs', 'Eventlog'].filter((name) => isServiceRunning(name));
    expect(running).not.toEqual([]);
  });

  it('one that nobody has started does not, nor one that there is not', () => {
    for (const name of ['MSIServer', 'WinDefend', 'no such service']) {
      expect(isServiceRunning(name), name).toBe(false);
    }
  });
});
