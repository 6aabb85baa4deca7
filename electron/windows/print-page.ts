/** Prints what a window shows, on paper or into a PDF. The page's own print styles decide what belongs there. */
import type { WebContents } from 'electron';
import { type SavedFile, saveFile } from './save-file.ts';

/** Asks the user where to save; writes nothing without an answer. */
export function savePageAsPdf(
  contents: WebContents,
  defaultName: string,
  onFailed: (reason: string) => void,
): Promise<SavedFile> {
  const make = () =>
    contents.printToPDF({
      pageSize: 'A4',
      printBackground: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
    });
  return saveFile(contents, { name: defaultName, filter: { name: 'PDF', extension: 'pdf' }, make }, onFailed);
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
