/** Functions of the process that reading a pack needs: every process has its own. */

export type PackTools = {
  /** Strict UTF-8: `undefined` for invalid bytes. Keeps a byte order mark in the text. */
  readonly decodeUtf8: (bytes: Uint8Array) => string | undefined;
  /** SHA-256 of the text's UTF-8 bytes, as 64 lower-case hex digits. */
  readonly sha256Hex: (text: string) => string;
};

export type ZipTools = Pick<PackTools, 'decodeUtf8'> & {
  /** Raw DEFLATE; `undefined` if the data is damaged or unpacks to more than `maxBytes`. */
  readonly inflateRaw: (bytes: Uint8Array, maxBytes: number) => Uint8Array | undefined;
  /** CRC-32 as zip files use it, as an unsigned number. */
  readonly crc32: (bytes: Uint8Array) => number;
};
