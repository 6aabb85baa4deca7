/** Saves a JSON file where the user chooses. */
import { writeFile } from 'node:fs/promises';
import { BrowserWindow, dialog, type WebContents } from 'electron';
import { describeError } from '../platform/describe-error.ts';

/** Asks the user of `page` where to save; writes nothing without an answer. Only this account can read the file. */
export async function saveJsonFile(
  page: WebContents,
  { name, text }: { readonly name: string; readonly text: string },
  onFailed: (reason: string) => void,
): Promise<'saved' | 'cancelled' | 'failed'> {
  const window = BrowserWindow.fromWebContents(page);
  const options = { defaultPath: name, filters: [{ name: 'JSON', extensions: ['json'] }] };
  try {
    const chosen =
      window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
    if (chosen.canceled || chosen.filePath === '') return 'cancelled';
    await writeFile(chosen.filePath, text, { mode: 0o600 });
    return 'saved';
  } catch (error) {
    onFailed(describeError(error));
    return 'failed';
  }
}
