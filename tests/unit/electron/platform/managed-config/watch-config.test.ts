import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pollConfig, watchConfigFile } from '../../../../../electron/platform/managed-config/watch-config.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';

const pollMs = 5 * 60 * 1000;
const gatherMs = 500;

let root: string;
let folder: string;
let file: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'porthor-watch-'));
  folder = path.join(root, 'porthor');
  file = path.join(folder, 'config.json');
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function watching() {
  const clock = createFakeClock();
  let told = 0;
  const stop = watchConfigFile(file, clock, () => {
    told += 1;
  });
  /** The system has notified the watch once its gather timer waits beside the poll timer. */
  const heard = () => vi.waitFor(() => expect(clock.pendingTimers()).toBe(2), { timeout: 5000, interval: 5 });
  return { clock, told: () => told, stop, heard };
}

describe('watching a configuration file', () => {
  it.each([
    ['written', () => writeFile(file, '{}')],
    [
      'put in the place of the old one',
      async () => {
        await writeFile(path.join(root, 'new.json'), '{}');
        await rename(path.join(root, 'new.json'), file);
      },
    ],
    ['taken away', () => rm(file)],
  ])('notifies once, soon, when it was %s', async (_how, change) => {
    await writeFile(file, '{"siteName":"x"}');
    const { clock, told, stop, heard } = watching();
    await change();
    await heard();
    expect(told()).toBe(0);
    clock.advance(gatherMs);
    expect(told()).toBe(1);
    stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ignores other files in the folder', async () => {
    const { clock, told, stop, heard } = watching();
    await writeFile(path.join(folder, 'config.json.swp'), 'x');
    await writeFile(file, '{}');
    await heard();
    clock.advance(gatherMs);
    expect(told()).toBe(1);
    stop();
  });

  it('finds a folder that is created later or replaced, at the next poll', async () => {
    await rm(folder, { recursive: true });
    const { clock, told, stop, heard } = watching();
    await mkdir(folder);
    clock.advance(pollMs);
    expect(told()).toBe(1);
    await writeFile(file, '{}');
    await heard();
    clock.advance(gatherMs);
    expect(told()).toBe(2);
    await rename(folder, path.join(root, 'old'));
    await mkdir(folder);
    clock.advance(pollMs);
    const before = told();
    await writeFile(file, '{"siteName":"y"}');
    await heard();
    clock.advance(gatherMs);
    expect(told()).toBe(before + 1);
    stop();
  });

  it('is silent after it was stopped, twice', async () => {
    const { clock, told, stop, heard } = watching();
    await writeFile(file, '{}');
    await heard();
    stop();
    stop();
    clock.advance(2 * pollMs);
    expect([told(), clock.pendingTimers()]).toEqual([0, 0]);
  });
});

describe('polling a configuration', () => {
  it('happens every five minutes until it is stopped, on a system that sends no notifications', () => {
    const clock = createFakeClock();
    let told = 0;
    const stop = pollConfig(clock, () => {
      told += 1;
    });
    clock.advance(3 * pollMs);
    expect(told).toBe(3);
    stop();
    stop();
    clock.advance(pollMs);
    expect([told, clock.pendingTimers()]).toEqual([3, 0]);
  });
});
