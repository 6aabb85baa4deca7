/** Folders that Windows names, asked of Windows and not of the environment, which the user may change. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Native } from './native.win32.ts';
import { windowsGuids } from './windows-numbers.ts';

const folderIds = {
  ProgramData: windowsGuids.FOLDERID_ProgramData,
  LocalAppData: windowsGuids.FOLDERID_LocalAppData,
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
