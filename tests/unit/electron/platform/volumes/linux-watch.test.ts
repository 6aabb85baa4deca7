/** The watch on Linux while the device manager sends no events: what polling finds. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLinuxVolumesPort } from '../../../../../electron/platform/volumes/volumes.linux.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makeLsblkDevice, printLsblk } from '../../../../fixtures/drive-structures.ts';

const linuxNow = vi.hoisted(() => ({ lsblk: '', isUdevBusy: false }));
vi.mock('../../../../../electron/platform/run-tool.ts', () => ({
  findSystemTool: (name: string) => `/usr/bin/${name}`,
  runTool: () => Promise.resolve({ kind: 'done', exitCode: 0, stdout: linuxNow.lsblk, stderr: '' }),
}));
// No udev and no file system events: only time passes here.
vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  existsSync: (file: string) => file === '/run/udev/queue' && linuxNow.isUdevBusy,
  realpathSync: () => '/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host0/target0:0:0/block/sdb',
  watch: () => ({ on: () => undefined, close: () => undefined }),
}));

const unrecognised = () => printLsblk([makeLsblkDevice({ kname: 'sdb', 'maj:min': '8:16' })]);
const withFileSystem = () =>
  printLsblk([makeLsblkDevice({ kname: 'sdb', 'maj:min': '8:16', fstype: 'vfat' })]);

/** Like the agent: lists after each change, and only then. Answers each second in which it did, and how many drives came. */
async function follow(
  seconds: number,
  onSecond: (second: number) => void = () => undefined,
): Promise<readonly (readonly [second: number, drives: number])[]> {
  const clock = createFakeClock();
  const port = createLinuxVolumesPort(clock);
  let isTold = false;
  const watch = await port.watch(() => {
    isTold = true;
  });
  if (!watch.ok) throw new Error(watch.error.reason);
  expect(await port.list()).toEqual({ ok: true, value: [] });
  const found: (readonly [number, number])[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    onSecond(second);
    clock.advance(1000);
    if (!isTold) continue;
    isTold = false;
    const drives = await port.list();
    if (drives.ok) found.push([second, drives.value.length]);
  }
  await watch.value();
  expect(clock.pendingTimers()).toBe(0);
  return found;
}

describe('a watch on Linux', () => {
  beforeEach(() => {
    linuxNow.lsblk = unrecognised();
    linuxNow.isUdevBusy = false;
  });

  it('reports an unrecognised stick that was plugged in before the watch started', async () => {
    expect(await follow(12)).toEqual([
      [1, 0],
      [3, 0],
      [5, 1],
      [9, 1],
    ]);
  });

  it('does not call a stick unrecognised while udev still reads it', async () => {
    linuxNow.isUdevBusy = true;
    const found = await follow(12, (second) => {
      if (second < 8) return;
      linuxNow.lsblk = withFileSystem();
      linuxNow.isUdevBusy = false;
    });
    expect(found).toEqual([
      [1, 0],
      [3, 0],
      [5, 0],
      [9, 1],
    ]);
  });

  it('starts the wait for a second reading when udev has ended its work', async () => {
    linuxNow.isUdevBusy = true;
    const found = await follow(24, (second) => {
      if (second >= 4) linuxNow.isUdevBusy = false;
    });
    expect(found.filter(([, drives]) => drives > 0)).toEqual([
      [9, 1],
      [15, 1],
      [22, 1],
    ]);
  });

  it('reports an unrecognised stick in the end where the queue of udev never empties', async () => {
    linuxNow.isUdevBusy = true;
    expect((await follow(24)).filter(([, drives]) => drives > 0)).toEqual([[22, 1]]);
  });
});
