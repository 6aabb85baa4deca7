/** Writes a C program that only compiles where the adapters' numbers of Windows are those of Windows' headers. */
import {
  checkedNumbers,
  windowsGuids,
  windowsPropertyKeys,
} from '../../../electron/platform/native/windows-numbers.ts';

const headers = [
  'windows.h',
  'stddef.h',
  'ntsecapi.h',
  'cfgmgr32.h',
  'cfg.h',
  'wtsapi32.h',
  'accctrl.h',
  'sddl.h',
  'wincrypt.h',
  'dwmapi.h',
  'mmsystem.h',
  'shellapi.h',
  'shobjidl.h',
  'knownfolders.h',
  'devpropdef.h',
  'devpkey.h',
] as const;

const escapeBytes = (hex: string): string => hex.replaceAll(/../gu, '\\x$&');

const littleEndian = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes.toString('hex');
};

/** Compared by an optimising compiler: a call of a function that is declared as an error must fall away. */
const compareBytes = (name: string, hex: string): string =>
  `  if (__builtin_memcmp(&${name}, "${escapeBytes(hex)}", ${hex.length / 2}) != 0) differs();`;

export const writeHeaderCheck = (numbers = checkedNumbers): string =>
  [
    '#define INITGUID',
    // Else another object file might replace the GUIDs, and the compiler would not look into them.
    '#define DECLSPEC_SELECTANY',
    '#define SECURITY_WIN32',
    ...headers.map((header) => `#include <${header}>`),
    '#include <security.h>',
    'extern void differs(void) __attribute__((error("a GUID differs")));',
    ...numbers.map(
      ({ name, value, expression }) =>
        `_Static_assert((unsigned long long)(unsigned int)(${expression}) == ${value}ULL, "${name}");`,
    ),
    'void compare(void) {',
    ...Object.entries(windowsGuids).map(([name, hex]) => compareBytes(name, hex)),
    ...Object.entries(windowsPropertyKeys).map(([name, [guid, pid]]) =>
      compareBytes(name, `${guid}${littleEndian(pid)}`),
    ),
    '}',
    '',
  ].join('\n');
