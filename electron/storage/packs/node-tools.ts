/** Node's part in reading packs: text decoding, hash, decompression and checksum. */
import { createHash } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';
import type { PackTools, ZipTools } from '../../../shared/policy/pack-tools.ts';

export const nodePackTools: PackTools & ZipTools = {
  decodeUtf8(bytes) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  },
  sha256Hex: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  inflateRaw(bytes, maxBytes) {
    try {
      // Node does not accept a limit of 0.
      return inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
    } catch {
      return undefined;
    }
  },
  crc32: (bytes) => crc32(bytes),
};
