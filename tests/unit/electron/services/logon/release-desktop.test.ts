/** When the desktop may start, where a logon script holds it. */
import { expect, it } from 'vitest';
import { createDesktopRelease } from '../../../../../electron/services/logon/release-desktop.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';

const makeRelease = (
  waitsForGate: boolean,
  answer: ReturnType<typeof succeed<undefined>> | ReturnType<typeof fail<string>> = succeed(undefined),
) => {
  const lines: string[] = [];
  let releases = 0;
  const release = createDesktopRelease({
    hold: {
      release: () => {
        releases += 1;
        return Promise.resolve(answer);
      },
    },
    waitsForGate,
    log: (line) => lines.push(line),
  });
  return { lines, release, releases: () => releases };
};

it('lets the desktop start once, when the gate is settled', () => {
  const { release, releases } = makeRelease(true);
  expect(releases()).toBe(0);
  release.noteSettled();
  release.noteSettled();
  expect(releases()).toBe(1);
});

it('holds nothing where the school has not set it, even if a script waits', () => {
  expect(makeRelease(false).releases()).toBe(1);
});

it('logs a failure and goes on: the script lets go by itself', async () => {
  const { lines, release } = makeRelease(true, fail('no event'));
  release.noteSettled();
  await expect.poll(() => lines).toEqual(['desktop: not released: no event']);
});
