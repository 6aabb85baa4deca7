/** What the collector and its writer thread say to each other. */
import type { StorageTrouble } from './storage.ts';
import type { QueuedWrite } from './writes.ts';

export type ToWriterThread =
  | { readonly kind: 'write'; readonly id: number; readonly write: QueuedWrite }
  | { readonly kind: 'close' };

export type FromWriterThread =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly trouble: StorageTrouble | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    };
