import { expect, it } from 'vitest';
import { countPixels, markColour } from '../../../../electron/windows/count-pixels.ts';

const { red, green, blue } = markColour;

it('counts the pixels of the mark, also where scaling moved them a little, and no others', () => {
  const pixels = [
    [blue, green, red, 255],
    [blue + 20, green - 20, red + 20, 255],
    [blue, green, red + 40, 255],
    [255, 255, 255, 255],
    [0, 0, 0, 255],
    [red, green, blue, 255],
  ];
  expect(countPixels(Uint8Array.from(pixels.flat()))).toEqual({ marked: 2, total: 6 });
  expect(countPixels(new Uint8Array())).toEqual({ marked: 0, total: 0 });
});
