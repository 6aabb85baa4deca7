/** Reads back what a collector has stored, beside the collector that may be running. */
import { openDatabase } from '../../collector/src/repositories/database.ts';
import { createEventRepository } from '../../collector/src/repositories/events.ts';

/** Every event exactly as it arrived, oldest first. */
export async function exportedTexts(dataDirectory: string): Promise<readonly string[]> {
  const opened = await openDatabase({ dataDirectory, create: false });
  try {
    const texts: string[] = [];
    for await (const text of createEventRepository(opened.database, () => new Date()).readAll()) {
      texts.push(text);
    }
    return texts;
  } finally {
    await opened.close();
  }
}
