/** Saves a file where the user chooses, and shows it there. */
import { writeFile } from 'node:fs/promises';
import { BrowserWindow, dialog, shell, type WebContents } from 'electron';
import { describeError } from '../platform/describe-error.ts';

export interface SavedFile {
  readonly outcome: 'saved' | 'cancelled' | 'failed';
  /** Where it was saved; empty otherwise. */
  readonly path: string;
}

interface FileToSave {
  /** Proposed to the user, with its extension. */
  readonly name: string;
  readonly filter: { readonly name: string; readonly extension: string };
  /** Permissions on Linux; the system's default where absent. */
  readonly mode?: number;
  /** Runs once the user has chosen where. */
  readonly make: () => Promise<string | Uint8Array>;
}

/** Asks the user of `page` where to save; writes nothing without an answer. */
export async function saveFile(
  page: WebContents,
  { name, filter, mode, make }: FileToSave,
  onFailed: (reason: string) => void,
): Promise<SavedFile> {
  const window = BrowserWindow.fromWebContents(page);
  const options = {
    defaultPath: name,
    filters: [{ name: filter.name, extensions: [filter.extension] }],
  };
  try {
    const chosen =
      window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
    if (chosen.canceled || chosen.filePath === '') return { outcome: 'cancelled', path: '' };
    await writeFile(chosen.filePath, await make(), mode === undefined ? {} : { mode });
    return { outcome: 'saved', path: chosen.filePath };
  } catch (error) {
    onFailed(describeError(error));
    return { outcome: 'failed', path: '' };
  }
}

/** Shows a file in the system's file manager. */
export function showInFolder(path: string): void {
  shell.showItemInFolder(path);
}
