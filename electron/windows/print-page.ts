/** Prints what a window shows, on paper or into a PDF. The page's own print styles decide what belongs there. */
import { writeFile } from 'node:fs/promises';
import { BrowserWindow, dialog, shell, type WebContents } from 'electron';
import { describeError } from '../platform/describe-error.ts';

export interface SavedPdf {
  readonly outcome: 'saved' | 'cancelled' | 'failed';
  /** Where it was saved; empty otherwise. */
  readonly path: string;
}

/** Asks the user where to save; writes nothing without an answer. */
export async function savePageAsPdf(
  contents: WebContents,
  defaultName: string,
  onFailed: (reason: string) => void,
): Promise<SavedPdf> {
  const window = BrowserWindow.fromWebContents(contents);
  const options = { defaultPath: defaultName, filters: [{ name: 'PDF', extensions: ['pdf'] }] };
  try {
    const chosen =
      window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
    if (chosen.canceled || chosen.filePath === '') return { outcome: 'cancelled', path: '' };
    const pdf = await contents.printToPDF({
      pageSize: 'A4',
      printBackground: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
    });
    await writeFile(chosen.filePath, pdf);
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

/** Opens the system's own print dialog. A user who closes it has changed their mind, which is not a failure. */
export function printPage(contents: WebContents, onFailed: (reason: string) => void): void {
  contents.print({ silent: false, printBackground: false }, (succeeded, reason) => {
    if (!succeeded && !/cancel/iu.test(reason)) onFailed(reason);
  });
}

/** A name that every file system accepts, with what distinguishes one agreement from another. */
export function pdfName(parts: readonly string[]): string {
  const words = parts
    .map((part) =>
      part
        .normalize('NFC')
        .replaceAll(/[^\p{L}\p{N}. -]+/gu, ' ')
        .replaceAll(/\s+/gu, ' ')
        .trim(),
    )
    .filter((part) => part !== '');
  return `${words.join(' - ').slice(0, 120)}.pdf`;
}
