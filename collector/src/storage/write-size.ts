/** How much a write weighs in the queue and in a transaction. */

/** A write without events; the queue counts it so that a flood of them is bounded too. */
const smallWriteBytes = 1024;

/** Bytes to hold in memory, and the number of events. Texts are mostly ASCII, so a character counts as a byte. */
export function sizeOfWrite(input: unknown): { readonly bytes: number; readonly events: number } {
  if (typeof input !== 'object' || input === null || !('events' in input) || !Array.isArray(input.events)) {
    return { bytes: smallWriteBytes, events: 1 };
  }
  let bytes = smallWriteBytes;
  for (const event of input.events as readonly { readonly raw?: string }[]) bytes += event.raw?.length ?? 0;
  return { bytes, events: Math.max(1, input.events.length) };
}
