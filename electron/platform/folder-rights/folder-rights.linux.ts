/** Rights of folders on Linux: the owner and the mode. */
import { chmod, stat } from 'node:fs/promises';
import { fail, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';
import type { FolderRightsPort } from './folder-rights-port.ts';

const othersMask = 0o077;

export const linuxFolderRightsPort: FolderRightsPort = {
  isOwn: (path) =>
    stat(path).then(
      ({ uid }) => uid === process.getuid?.(),
      () => false,
    ),
  closeToOthers: async (directory) => {
    try {
      const { uid, mode } = await stat(directory);
      if (uid !== process.getuid?.()) return fail('the folder belongs to another account');
      if ((mode & othersMask) !== 0) await chmod(directory, mode & ~othersMask & 0o7777);
      return succeed(undefined);
    } catch (error) {
      return fail(describeError(error));
    }
  },
  listOthers: async (directory) => {
    try {
      const { uid, gid, mode } = await stat(directory);
      return succeed([
        ...(uid === process.getuid?.() ? [] : [`user ${uid}`]),
        ...((mode & 0o070) === 0 ? [] : [`group ${gid}`]),
        ...((mode & 0o007) === 0 ? [] : ['everybody']),
      ]);
    } catch (error) {
      return fail(describeError(error));
    }
  },
};
