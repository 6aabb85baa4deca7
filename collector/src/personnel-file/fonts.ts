/** The fonts of a personnel file. A standard font of PDF would spoil ŵ and ŷ, so both are embedded. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface Fonts {
  readonly plain: Buffer;
  readonly strong: Buffer;
}

const folder = '@expo-google-fonts/noto-sans';

async function read(file: string): Promise<Buffer> {
  return readFile(fileURLToPath(import.meta.resolve(`${folder}/${file}`)));
}

let reading: Promise<Fonts> | undefined;

/** Read once. */
export function readFonts(): Promise<Fonts> {
  reading ??= Promise.all([
    read('400Regular/NotoSans_400Regular.ttf'),
    read('700Bold/NotoSans_700Bold.ttf'),
  ]).then(([plain, strong]) => ({ plain, strong }));
  return reading;
}
