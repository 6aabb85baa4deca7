/** Counts the pixels of one colour in a screenshot. */

/** No desktop and no program has a whole screen of it. */
export const markColour = { css: '#2fd17b', red: 0x2f, green: 0xd1, blue: 0x7b } as const;

/** Scaling and colour profiles move a colour a little. */
const tolerance = 24;

/** @param bitmap four bytes a pixel: blue, green, red, and one that does not count. */
export function countPixels(bitmap: Uint8Array): { readonly marked: number; readonly total: number } {
  const total = Math.floor(bitmap.length / 4);
  let marked = 0;
  for (let pixel = 0; pixel < total; pixel += 1) {
    const [blue = 0, green = 0, red = 0] = bitmap.subarray(pixel * 4, pixel * 4 + 3);
    const isClose =
      Math.abs(blue - markColour.blue) <= tolerance &&
      Math.abs(green - markColour.green) <= tolerance &&
      Math.abs(red - markColour.red) <= tolerance;
    if (isClose) marked += 1;
  }
  return { marked, total };
}
