/** The output of the X server's own tool about its screens, and the arguments for that tool. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFreeOutput, modeLine, parseScreens, welshKeys } from '../../../../build/dev/display.ts';

const twoScreens = `Screen 0: minimum 64 x 64, current 2304 x 1024, maximum 32767 x 32767
DUMMY0 connected primary 1280x1024+0+0 0mm x 0mm
   2048x1536     60.00  
   1280x1024     85.02    75.02    60.02* 
DUMMY1 disconnected 1024x768+1280+0 0mm x 0mm
   1024x768      60.00* 
DUMMY2 disconnected
DUMMY3 disconnected
`;

describe('screens', () => {
  test('are the outputs with a position on the desktop, whether or not the driver calls them connected', () => {
    expect(parseScreens(twoScreens)).toEqual([
      { name: 'DUMMY0', widthPx: 1280, heightPx: 1024, xPx: 0, yPx: 0 },
      { name: 'DUMMY1', widthPx: 1024, heightPx: 768, xPx: 1280, yPx: 0 },
    ]);
  });

  test('are listed from left to right, whatever their names', () => {
    const swapped = `DUMMY0 connected primary 800x600+1024+0 0mm x 0mm
DUMMY1 connected 1024x768+0+0 0mm x 0mm
`;
    expect(parseScreens(swapped).map(({ name }) => name)).toEqual(['DUMMY1', 'DUMMY0']);
  });

  test('the first output without a position is free', () => {
    expect(findFreeOutput(twoScreens)).toBe('DUMMY2');
    expect(findFreeOutput('DUMMY0 connected primary 800x600+0+0 0mm x 0mm\n')).toBeUndefined();
  });
});

test('Welsh letters go on keys that carry no letter, one letter per free key', () => {
  const keyList = 'keycode  10 = 1 exclam\nkeycode  92 =\nkeycode 255 =\n';
  expect(welshKeys(keyList)).toBe('keycode 255 = U00E2 U00C2\nkeycode 92 = U00EA U00CA\n');
});

test('the timings of a mode line of any size rise in both directions, and it repeats 60 times a second', () => {
  const size = fc.record({
    widthPx: fc.integer({ min: 320, max: 3840 }),
    heightPx: fc.integer({ min: 200, max: 2160 }),
  });
  fc.assert(
    fc.property(size, (drawn) => {
      const [clockMhz = 0, ...timings] = modeLine(drawn).map(Number);
      const [across, down] = [timings.slice(0, 4), timings.slice(4)];
      expect(across[0]).toBe(drawn.widthPx);
      expect(down[0]).toBe(drawn.heightPx);
      for (const direction of [across, down]) {
        expect(direction).toHaveLength(4);
        expect(direction.toSorted((a, b) => a - b)).toEqual(direction);
        expect(new Set(direction).size).toBe(4);
      }
      const hertz = (clockMhz * 1e6) / ((across[3] ?? 1) * (down[3] ?? 1));
      expect(Math.abs(hertz - 60)).toBeLessThan(0.2);
    }),
  );
});
