/** The access token of this process: which account it runs as, in which logon session and groups. */
import { parseLogonId, parseTokenGroups, parseTokenUser, type TokenGroup } from '../account/parse-token.ts';
import type { Native } from './native.win32.ts';
import { windows } from './windows-numbers.ts';

const {
  query: tokenQuery,
  user: tokenUser,
  groups: tokenGroups,
  statistics: tokenStatistics,
} = windows.token;

export interface OwnToken {
  readonly user: TokenGroup;
  readonly logon: { readonly text: string; readonly luid: Buffer };
  readonly groups: readonly TokenGroup[];
}

/** Throws where Windows does not open or describe the token. */
export function readOwnToken(native: Native): OwnToken {
  const getCurrentProcess = native.define<() => bigint>('kernel32.dll', 'GetCurrentProcess', 'void *', []);
  const closeHandle = native.define<(handle: bigint) => number>('kernel32.dll', 'CloseHandle', 'int32_t', [
    'void *',
  ]);
  const openProcessToken = native.define<(process: bigint, access: number, token: Buffer) => number>(
    'advapi32.dll',
    'OpenProcessToken',
    'int32_t',
    ['void *', 'uint32_t', 'void *'],
  );
  const getTokenInformation = native.define<
    (token: bigint, what: number, into: Buffer | null, length: number, needed: Buffer) => number
  >('advapi32.dll', 'GetTokenInformation', 'int32_t', ['void *', 'uint32_t', 'void *', 'uint32_t', 'void *']);

  const handle = Buffer.alloc(native.pointerBytes);
  if (openProcessToken(getCurrentProcess(), tokenQuery, handle) === 0) {
    throw new Error('Windows did not open the token of this process');
  }
  const token = native.readPointer(handle, 0);
  const ask = (what: number) => {
    const needed = Buffer.alloc(4);
    getTokenInformation(token, what, null, 0, needed);
    const bytes = Buffer.alloc(needed.readUInt32LE(0));
    if (bytes.length === 0 || getTokenInformation(token, what, bytes, bytes.length, needed) === 0) {
      throw new Error(`Windows gave no token information ${what}`);
    }
    return { bytes, address: native.addressOf(bytes), pointerBytes: native.pointerBytes };
  };
  try {
    const user = parseTokenUser(ask(tokenUser));
    const logon = parseLogonId(ask(tokenStatistics).bytes);
    if (user === undefined || logon === undefined)
      throw new Error('the token of this process cannot be read');
    return { user, logon, groups: parseTokenGroups(ask(tokenGroups)) };
  } finally {
    closeHandle(token);
  }
}
