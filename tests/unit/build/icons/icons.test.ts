import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePng, encodeIco, type Picture } from '../../../../build/icons/icon-formats.ts';
import { icons } from '../../../../build/icons/make-icons.ts';
import { projectRoot } from '../../../../build/runtime/paths.ts';

const iconFolder = path.join(projectRoot, 'assets', 'icons');

/** Reads the entries of an .ico back by the layout of the format, with their pixels. */
function readIco(file: Buffer): readonly Picture[] {
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + index * 16;
    const width = file.readUInt8(entry) || 256;
    const height = file.readUInt8(entry + 1) || 256;
    const image = file.subarray(file.readUInt32LE(entry + 12)).subarray(0, file.readUInt32LE(entry + 8));
    if (width >= 128) return decodePng(image);
    expect([image.readInt32LE(4), image.readInt32LE(8)]).toEqual([width, height * 2]);
    expect(image.length).toBe(40 + width * height * 4 + Math.ceil(width / 32) * 4 * height);
    const rgba = Buffer.alloc(width * height * 4);
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      const row = height - 1 - Math.floor(pixel / width);
      const from = 40 + (row * width + (pixel % width)) * 4;
      const [blue, green, red, alpha] = image.subarray(from, from + 4);
      rgba.set([red ?? 0, green ?? 0, blue ?? 0, alpha ?? 0], pixel * 4);
    }
    return { width, height, rgba };
  });
}

/** Pixels that are drawn, wholly or in part. */
const inkOf = ({ rgba }: Picture) => rgba.filter((value, index) => index % 4 === 3 && value > 0).length;

describe('the icons of the product', () => {
  it.each(icons.map((icon) => [icon.file, icon] as const))(
    '%s holds its sizes',
    async (file, { sizesPx }) => {
      const content = await readFile(path.join(iconFolder, file));
      const pictures = file.endsWith('.ico') ? readIco(content) : [decodePng(content)];
      expect(pictures.map(({ width, height }) => [width, height])).toEqual(
        sizesPx.map((size) => [size, size]),
      );
      for (const picture of pictures) {
        const share = inkOf(picture) / (picture.width * picture.height);
        expect(share, 'neither empty nor a full square').toBeGreaterThan(0.3);
        expect(share).toBeLessThan(1);
      }
    },
  );
});

const chunk = (type: string, data: Buffer) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
};
/** A PNG of two pixels in width, made by hand: each row is its filter, then its bytes. */
const png = (rows: readonly (readonly number[])[], colourType = 6, width = 2) => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.writeUInt8(8, 8);
  header.writeUInt8(colourType, 9);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
  ]);
};

describe('a Windows icon', () => {
  it('holds the given pictures to the pixel, small and large', () => {
    const picture = fc
      .oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(127, 128, 256))
      .chain((side) => fc.record({ side: fc.constant(side), seed: fc.nat(255) }))
      .map(({ side, seed }) =>
        png(
          Array.from({ length: side }, (_, y) => [
            0,
            ...Array.from({ length: side * 4 }, (_byte, x) => (seed + x * 7 + y * 31) & 0xff),
          ]),
          6,
          side,
        ),
      );
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 4 }), (pngs) => {
        expect(readIco(encodeIco(pngs))).toEqual(pngs.map(decodePng));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a PNG', () => {
  it('is decoded through each of its five filters', () => {
    const { rgba } = decodePng(
      png([
        [0, 10, 20, 30, 40, 50, 60, 70, 80],
        [1, 1, 2, 3, 4, 1, 1, 1, 1],
        [2, 1, 1, 1, 1, 255, 255, 255, 255],
        [3, 10, 10, 10, 10, 0, 0, 0, 0],
        [4, 5, 5, 5, 5, 1, 1, 1, 1],
      ]),
    );
    const rows = Array.from({ length: 5 }, (_, y) => [...rgba.subarray(y * 8, y * 8 + 8)]);
    expect(rows).toEqual([
      [10, 20, 30, 40, 50, 60, 70, 80],
      [1, 2, 3, 4, 2, 3, 4, 5],
      [2, 3, 4, 5, 1, 2, 3, 4],
      [11, 11, 12, 12, 6, 6, 7, 8],
      [16, 16, 17, 17, 12, 12, 13, 13],
    ]);
  });

  it('of an unsupported kind is refused', () => {
    expect(() => decodePng(Buffer.from('GIF89a and more'))).toThrow('not a PNG');
    expect(() => decodePng(png([[0, 1, 2, 3, 4, 5, 6, 7, 8]], 2))).toThrow('8-bit RGBA');
    expect(() => decodePng(png([[0, 1, 2, 3]]))).toThrow('cut short');
    expect(() => decodePng(png([[9, 1, 2, 3, 4, 5, 6, 7, 8]]))).toThrow('unknown filter');
  });
});
