/** The rights of folders, as a test scripts them: nothing on disk changes. */
import type { FolderRightsPort } from '../../../electron/platform/folder-rights/folder-rights-port.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';

export interface FakeFolderRightsPort extends FolderRightsPort {
  /** These files belong to the signed-in account. */
  own(paths: readonly string[]): void;
  /** Undefined: folders can be closed. */
  refuseWith(reason: string | undefined): void;
  /** The folders that were to be closed, in order. */
  closed(): readonly string[];
}

export function createFakeFolderRightsPort(): FakeFolderRightsPort {
  let owned: readonly string[] = [];
  let refusal: string | undefined;
  const closed: string[] = [];
  return {
    own: (paths) => {
      owned = paths;
    },
    refuseWith: (reason) => {
      refusal = reason;
    },
    closed: () => closed,
    isOwn: (path) => Promise.resolve(owned.includes(path)),
    closeToOthers: (directory): Promise<Result<undefined, string>> => {
      closed.push(directory);
      return Promise.resolve(refusal === undefined ? succeed(undefined) : fail(refusal));
    },
    listOthers: () => Promise.resolve(succeed([])),
  };
}
