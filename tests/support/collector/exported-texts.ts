/** Reads back what a collector has stored, beside the collector that may be running. */
import { createEventRepository } from '../../../collector/src/repositories/events.ts';
import { withStorage } from './collector.ts';

/** Every event exactly as it arrived, oldest first. */
export function exportedTexts(dataDirectory: string): Promise<readonly string[]> {
  return withStorage(dataDirectory, async (storage) => {
    const texts: string[] = [];
    for await (const text of createEventRepository(storage, () => new Date()).readAll()) texts.push(text);
    return texts;
  });
}
