/**
 * The runtime's own folders on Windows: in the part of the profile that never leaves this PC.
 *
 * Chromium locks its folder with a file that it opens for itself alone. In a roaming or redirected profile that file is
 * on a server, and another PC, on which the same account is signed in, holds it.
 */
import path from 'node:path';
import { readKnownFolder } from '../native/known-folder.win32.ts';
import { loadNative, type Native } from '../native/native.win32.ts';
import { type OwnFolders, oneFolder } from './own-folders.ts';

/** Chromium makes a window that only receives messages for each lock, named by the folder (base/win/message_window.cc). */
const messageClass = 'Chrome_MessageWindow';

/** As many as the sessions of one account that keep records on one PC. */
const mostSessions = 4;

/** @param ownFolder the runtime's usual folder; used where Windows does not say where the local one is. */
export async function findWindowsFolders(
  ownFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OwnFolders> {
  const native = await loadNative();
  const name = path.basename(ownFolder);
  if (!native.ok) {
    // Without Windows' own answer the variable is the best guess. A user who changes it moves a lock, and no record.
    const local = environment['LOCALAPPDATA'] ?? '';
    return oneFolder(path.isAbsolute(local) ? path.join(local, name) : ownFolder);
  }
  try {
    const local = readKnownFolder(native.value, 'LocalAppData');
    if (!local.ok) return oneFolder(ownFolder);
    const first = path.join(local.value, name);
    const others = Array.from({ length: mostSessions - 1 }, (_, index) => `${first}-${index + 2}`);
    return { folders: [first, ...others], isAgentHere: createWindowQuestion(native.value) };
  } catch {
    // An agent with the usual folder is better than none.
    return oneFolder(ownFolder);
  }
}

/** Message windows belong to a login session, so an agent in another session is not found. */
function createWindowQuestion(native: Native): (folder: string) => boolean {
  const findWindow = native.define<
    (parent: bigint, after: null, className: string, name: string) => bigint | null
  >('user32.dll', 'FindWindowExW', 'void *', ['void *', 'void *', 'str16', 'str16']);
  // HWND_MESSAGE, which is -3 as a pointer.
  const messageParent = 2n ** BigInt(native.pointerBytes * 8) - 3n;
  return (folder) => {
    const found = findWindow(messageParent, null, messageClass, folder);
    return found !== null && found !== 0n;
  };
}
