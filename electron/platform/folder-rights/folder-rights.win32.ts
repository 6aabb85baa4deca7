/** Rights of folders on Windows: the access control list of the file system. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import { callInBackground, loadNative, type Native } from '../native/native.win32.ts';
import { readOwnToken } from '../native/own-token.win32.ts';
import { createLine, poolThreads } from '../native/pool-threads.ts';
import { windows } from '../native/windows-numbers.ts';
import type { FolderRightsPort } from './folder-rights-port.ts';
import { type FileRights, isTrustee, parseSddl } from './parse-sddl.ts';

/** `protectedList`: nothing is inherited from the folder above. */
const { fileObject, ownerInformation, listInformation, protectedList, sddlRevision } = windows.security;

/** SYSTEM and the administrators of the PC, who can take every right anyway. */
const system = ['SY', 'BA'];

/** The folder may be on a server. */
const fileDeadlineMs = 4000;
const folders = createLine(poolThreads);

export function createWindowsFolderRightsPort(): FolderRightsPort {
  /** Opens the port's own library once; every failure becomes a reason. */
  const ask = async <Answer>(
    question: (rights: ReturnType<typeof createRights>) => Promise<Answer>,
  ): Promise<Result<Answer, string>> => {
    const native = await loadNative();
    if (!native.ok) return native;
    try {
      return succeed(await question(createRights(native.value)));
    } catch (error) {
      return fail(describeError(error));
    }
  };
  return {
    isOwn: async (path) => {
      const isOwn = await ask(async ({ read, ownSid }) => isTrustee((await read(path)).owner, ownSid));
      return isOwn.ok && isOwn.value;
    },
    listOthers: (directory) => ask(async ({ read, ownSid }) => othersIn(await read(directory), ownSid)),
    closeToOthers: async (directory) => {
      const left = await ask(async ({ read, close, ownSid }) => {
        const before = await read(directory);
        if (![...system, ownSid].some((known) => isTrustee(before.owner, known))) {
          return 'the folder belongs to another account';
        }
        if (othersIn(before, ownSid).length === 0) return '';
        await close(directory);
        const others = othersIn(await read(directory), ownSid);
        return others.length === 0 ? '' : `Windows still admits ${others.join(', ')}`;
      });
      if (!left.ok) return left;
      return left.value === '' ? succeed(undefined) : fail(left.value);
    },
  };
}

function othersIn({ allowed }: FileRights, ownSid: string): readonly string[] {
  if (allowed === undefined) return ['everybody'];
  // `OW`: the owner, which is this account.
  const known = [...system, 'OW', ownSid];
  return [...new Set(allowed)].filter((trustee) => !known.some((each) => isTrustee(trustee, each)));
}

function createRights(native: Native) {
  const ownSid = readOwnToken(native).user.sid;
  const pointer = 'void *';
  const getSecurity = native.define<
    (
      file: string,
      type: number,
      what: number,
      owner: Buffer,
      group: null,
      list: Buffer,
      audit: null,
      descriptor: Buffer,
    ) => number
  >('advapi32.dll', 'GetNamedSecurityInfoW', 'uint32_t', [
    'str16',
    'uint32_t',
    'uint32_t',
    pointer,
    pointer,
    pointer,
    pointer,
    pointer,
  ]);
  const setSecurity = native.define<
    (file: string, type: number, what: number, owner: null, group: null, list: bigint, audit: null) => number
  >('advapi32.dll', 'SetNamedSecurityInfoW', 'uint32_t', [
    'str16',
    'uint32_t',
    'uint32_t',
    pointer,
    pointer,
    pointer,
    pointer,
  ]);
  const toText = native.define<
    (descriptor: bigint, revision: number, what: number, text: Buffer, length: null) => number
  >('advapi32.dll', 'ConvertSecurityDescriptorToStringSecurityDescriptorW', 'int32_t', [
    pointer,
    'uint32_t',
    'uint32_t',
    pointer,
    pointer,
  ]);
  const toDescriptor = native.define<
    (text: string, revision: number, descriptor: Buffer, length: null) => number
  >('advapi32.dll', 'ConvertStringSecurityDescriptorToSecurityDescriptorW', 'int32_t', [
    'str16',
    'uint32_t',
    pointer,
    pointer,
  ]);
  const listOf = native.define<
    (descriptor: bigint, present: Buffer, list: Buffer, defaulted: Buffer) => number
  >('advapi32.dll', 'GetSecurityDescriptorDacl', 'int32_t', [pointer, pointer, pointer, pointer]);
  const release = native.define<(memory: bigint) => bigint>('kernel32.dll', 'LocalFree', pointer, [pointer]);
  const allocatePointer = () => Buffer.alloc(native.pointerBytes);

  const inTime = async (what: string, call: Promise<number>): Promise<void> => {
    const answer = await withDeadline(call, fileDeadlineMs);
    if (!answer.ok) throw new Error(`Windows did not ${what} within ${fileDeadlineMs} ms`);
    if (answer.value !== 0) throw new Error(`Windows did not ${what}: error ${answer.value}`);
  };

  return {
    ownSid,
    read: async (path: string): Promise<FileRights> => {
      const what = ownerInformation | listInformation;
      const descriptor = allocatePointer();
      await inTime(
        'say who may use the folder',
        folders.run(() =>
          callInBackground(
            getSecurity,
            path,
            fileObject,
            what,
            allocatePointer(),
            null,
            allocatePointer(),
            null,
            descriptor,
          ),
        ),
      );
      const address = native.readPointer(descriptor, 0);
      const text = allocatePointer();
      try {
        if (toText(address, sddlRevision, what, text, null) === 0) {
          throw new Error('Windows did not write out who may use the folder');
        }
        const textAddress = native.readPointer(text, 0);
        try {
          return parseSddl(native.copyText(textAddress));
        } finally {
          release(textAddress);
        }
      } finally {
        release(address);
      }
    },
    close: async (path: string): Promise<void> => {
      // Full control, for what is in the folder too.
      const entries = [...system, ownSid].map((trustee) => `(A;OICI;FA;;;${trustee})`).join('');
      const descriptor = allocatePointer();
      if (toDescriptor(`D:P${entries}`, sddlRevision, descriptor, null) === 0) {
        throw new Error('Windows did not understand the list of rights');
      }
      const address = native.readPointer(descriptor, 0);
      const list = allocatePointer();
      if (listOf(address, Buffer.alloc(4), list, Buffer.alloc(4)) === 0) {
        release(address);
        throw new Error('Windows gave no list of rights');
      }
      // JavaScript's `|` would make a negative number of the highest bit.
      const what = listInformation + protectedList;
      const listAddress = native.readPointer(list, 0);
      const closed = folders
        .run(() => callInBackground(setSecurity, path, fileObject, what, null, null, listAddress, null))
        // Not after the deadline: a late call still reads the list.
        .finally(() => release(address));
      await inTime('close the folder to others', closed);
    },
  };
}
