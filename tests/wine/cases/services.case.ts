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

  // Wine's own manager of drives: which others it starts depends on what has happened in it before. It is still being
  // started while the first program runs already, and goes again when nothing needs it: that it was seen is enough.
  it('one that everything with drives needs runs', async () => {
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
