/** Folders that Windows names, asked of Windows and not of the environment, which the user may change. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Native } from './native.win32.ts';

/** KNOWNFOLDERID values of knownfolders.h, as the bytes of their GUIDs in memory. */
const folderIds = {
  /** {62AB5D82-FDC1-4DC3-A9DD-070D1D495D97} */
  ProgramData: '825dab62c1fdc34da9dd070d1d495d97',
  /** {F1B32785-6FBA-4FCF-9D55-7B8E7F157091} */
  LocalAppData: '8527b3f1ba6fcf4f9d557b8e7f157091',
} as const;

export type KnownFolder = keyof typeof folderIds;

export function readKnownFolder(native: Native, name: KnownFolder): Result<string, string> {
  const getFolder = native.define<(id: Buffer, flags: number, token: null, text: Buffer) => number>(
    'shell32.dll',
    'SHGetKnownFolderPath',
    'int32_t',
    ['void *', 'uint32_t', 'void *', 'void *'],
  );
  const release = native.define<(text: bigint) => undefined>('ole32.dll', 'CoTaskMemFree', 'void', [
    'void *',
  ]);
  const pointer = Buffer.alloc(native.pointerBytes);
  const code = getFolder(Buffer.from(folderIds[name], 'hex'), 0, null, pointer);
  const address = native.readPointer(pointer, 0);
  if (address === 0n) return fail(`Windows did not name ${name}: error ${code}`);
  try {
    return code === 0
      ? succeed(native.copyText(address))
      : fail(`Windows did not name ${name}: error ${code}`);
  } finally {
    release(address);
  }
}
