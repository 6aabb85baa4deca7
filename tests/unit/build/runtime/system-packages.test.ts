/** From the dynamic linker's output to the packages to install. */
import { describe, expect, test } from 'vitest';
import { packagesForLibraries, parseMissingLibraries } from '../../../../build/runtime/system-packages.ts';

const lddOutput = `	linux-vdso.so.1 (0x00007ffd0b5f2000)
	libffmpeg.so => /opt/electron/libffmpeg.so (0x00007f0b3be00000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f0b3c2d7000)
	libnss3.so => not found
	libnssutil3.so => not found
	libasound.so.2 => not found
	libgtk-3.so.0 => not found
	/lib64/ld-linux-x86-64.so.2 (0x00007f0b48000000)
	libnss3.so => not found
`;

describe('missing libraries', () => {
  test('are read from the output of ldd, each once', () => {
    expect(parseMissingLibraries(lddOutput)).toEqual([
      'libnss3.so',
      'libnssutil3.so',
      'libasound.so.2',
      'libgtk-3.so.0',
    ]);
  });

  test('are none for a static program or a complete one', () => {
    expect(parseMissingLibraries('\tnot a dynamic executable\n')).toEqual([]);
    expect(parseMissingLibraries('\tlibc.so.6 => /lib/libc.so.6 (0x0)\n')).toEqual([]);
  });

  test('of one package ask for it once, under every name that it has had', () => {
    expect(packagesForLibraries(['libnss3.so', 'libnssutil3.so', 'libasound.so.2'])).toEqual({
      packages: [['libnss3'], ['libasound2t64', 'libasound2']],
      unknown: [],
    });
  });

  test('that the table does not know are named, never guessed', () => {
    expect(packagesForLibraries(['libsomething.so.9', 'toString'])).toEqual({
      packages: [],
      unknown: ['libsomething.so.9', 'toString'],
    });
  });
});
