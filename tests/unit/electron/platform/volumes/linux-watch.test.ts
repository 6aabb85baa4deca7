/** The watch on Linux while the device manager sends no events: what polling finds. */
import { describe, expect, it, vi } from 'vitest';
import { createLinuxVolumesPort } from '../../../../../electron/platform/volumes/volumes.linux.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makeLsblkDevice, printLsblk } from '../../../../fixtures/drive-structures.ts';

const linuxNow = vi.hoisted(() => ({ lsblk: '' }));
vi.mock('../../../../../electron/platform/run-tool.ts', () => ({
  findSystemTool: (name: string) => `/usr/bin/${name}`,
  runTool: () => Promise.resolve({ kind: 'done', exitCode: 0, stdout: linuxNow.lsblk, stderr: '' }),
}));
// No udev and no file system events: only time passes here.
vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  existsSync: () => false,
  realpathSync: () => '/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host0/target0:0:0/block/sdb',
  watch: () => ({ on: () => undefined, close: () => undefined }),
}));

describe('a watch on Linux', () => {
  it('reports an unrecognised stick that was plugged in before the watch started', async () => {
    linuxNow.lsblk = printLsblk([makeLsblkDevice({ kname: 'sdb', 'maj:min': '8:16' })]);
    const clock = createFakeClock();
    const port = createLinuxVolumesPort(clock);
    let isTold = false;
    const watch = await port.watch(() => {
      isTold = true;
    });
    if (!watch.ok) throw new Error(watch.error.reason);
    expect(await port.list()).toEqual({ ok: true, value: [] });
    // Like the agent: list after each change, and only then.
    const found: (readonly [number, number])[] = [];
    for (let second = 1; second <= 15; second += 1) {
      clock.advance(1000);
      if (!isTold) continue;
      isTold = false;
      const drives = await port.list();
      if (drives.ok) found.push([second, drives.value.length]);
    }
    expect(found).toEqual([
      [1, 0],
      [3, 0],
      [5, 1],
      [11, 1],
    ]);
    await watch.value();
    expect(clock.pendingTimers()).toBe(0);
  });
});
