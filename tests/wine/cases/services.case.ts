/** Services as Windows reports them: the real calls, for the services that Wine has. */
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

  // Wine's drive manager. Which other services run depends on earlier programs. Wine may still be starting this one while
  // the first program runs, and stops it when no program needs it: seeing it once is enough.
  it('the service that manages drives runs', async () => {
    const endsAt = performance.now() + 20_000;
    let wasSeen = isServiceRunning('MountMgr');
    while (!wasSeen && performance.now() < endsAt) {
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
      wasSeen = isServiceRunning('MountMgr');
    }
    expect(wasSeen).toBe(true);
  });

  it('a stopped service does not run, nor does an unknown one', () => {
    for (const name of ['MSIServer', 'WinDefend', 'no such service']) {
      expect(isServiceRunning(name), name).toBe(false);
    }
  });
});
