/** The hash by which the next event names the one before it. */
import { createHash } from 'node:crypto';
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import { chainedEventText } from '../../../shared/wire/evidence.ts';

/** SHA-256 in hex. */
export function hashOfEvent(event: OutboxEvent): string {
  return createHash('sha256').update(chainedEventText(event), 'utf8').digest('hex');
}
