/** Reads the PNG files of the converter and packs pictures into a Windows icon. */
import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha for each pixel, rows from the top. */
  readonly rgba: Buffer;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const bytesPerPixel = 4;

/** Decodes the converter's form: 8 bits for each channel with alpha, not interlaced. Throws for any other PNG. */
export function decodePng(file: Buffer): Picture {
  if (!file.subarray(0, 8).equals(pngSignature)) throw new Error('not a PNG');
  const packed: Buffer[] = [];
  let width = 0;
  let height = 0;
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      if (data.readUInt8(8) !== 8 || data.readUInt8(9) !== 6 || data.readUInt8(12) !== 0) {
        throw new Error('not a PNG of 8-bit RGBA without interlacing');
      }
    }
    if (type === 'IDAT') packed.push(data);
    at += length + 12;
  }
  const rowBytes = width * bytesPerPixel;
  const filtered = inflateSync(Buffer.concat(packed));
  if (filtered.length !== (rowBytes + 1) * height) throw new Error('the PNG is cut short');
  const rgba = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const filter = filtered.readUInt8(y * (rowBytes + 1));
    for (let x = 0; x < rowBytes; x += 1) {
      const raw = filtered.readUInt8(y * (rowBytes + 1) + 1 + x);
      const left = x < bytesPerPixel ? 0 : rgba.readUInt8(y * rowBytes + x - bytesPerPixel);
      const above = y === 0 ? 0 : rgba.readUInt8((y - 1) * rowBytes + x);
      const corner =
        y === 0 || x < bytesPerPixel ? 0 : rgba.readUInt8((y - 1) * rowBytes + x - bytesPerPixel);
      rgba.writeUInt8((raw + predict(filter, left, above, corner)) & 0xff, y * rowBytes + x);
    }
  }
  return { width, height, rgba };
}

/** The five filters of the PNG specification (section 9). */
function predict(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const estimate = left + above - corner;
      const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value));
      if (Number(toLeft) <= Number(toAbove) && Number(toLeft) <= Number(toCorner)) return left;
      return Number(toAbove) <= Number(toCorner) ? above : corner;
    }
    default:
      throw new Error(`the PNG has an unknown filter ${filter}`);
  }
}

/** Pixels from which an entry is a PNG, as in Windows' own icons; a bitmap would be ten times as large. */
const pngFromPx = 128;

/**
 * Packs PNG files of at most 256 pixels into an .ico. Small ones become bitmaps with alpha, because older parts of Windows
 * and tools that build installers fail to read small PNG entries.
 */
export function encodeIco(pngs: readonly Buffer[]): Buffer {
  const pictures = pngs.map((png) => ({ png, picture: decodePng(png) }));
  const head = Buffer.alloc(6 + pictures.length * 16);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  const images: Buffer[] = [];
  let offset = head.length;
  for (const [index, { png, picture }] of pictures.entries()) {
    const image = picture.width < pngFromPx ? encodeBitmap(picture) : png;
    const entry = 6 + index * 16;
    // 256 does not fit into a byte. The format writes it as 0.
    head.writeUInt8(picture.width & 0xff, entry);
    head.writeUInt8(picture.height & 0xff, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(image.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    images.push(image);
    offset += image.length;
  }
  return Buffer.concat([head, ...images]);
}

/** A bitmap in the form of icons: rows from the bottom, blue first, twice the height because of the mask. */
function encodeBitmap({ width, height, rgba }: Picture): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(width, 4);
  header.writeInt32LE(height * 2, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const maskRowBytes = Math.ceil(width / 32) * 4;
  const pixels = Buffer.alloc(width * height * bytesPerPixel);
  const mask = Buffer.alloc(maskRowBytes * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * bytesPerPixel;
      const row = height - 1 - y;
      const to = (row * width + x) * bytesPerPixel;
      const alpha = rgba.readUInt8(from + 3);
      pixels.writeUInt8(rgba.readUInt8(from + 2), to);
      pixels.writeUInt8(rgba.readUInt8(from + 1), to + 1);
      pixels.writeUInt8(rgba.readUInt8(from), to + 2);
      pixels.writeUInt8(alpha, to + 3);
      if (alpha === 0) {
        const at = row * maskRowBytes + (x >> 3);
        mask.writeUInt8(mask.readUInt8(at) | (0x80 >> (x & 7)), at);
      }
    }
  }
  return Buffer.concat([header, pixels, mask]);
}
