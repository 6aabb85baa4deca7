/** The parts of one open outbox, which recovery, retention, compaction and flush share. */
import type { OpenStorageFile } from '../durable-file.ts';
import type { OutboxFaults } from './faults.ts';
import type { LogFile } from './log-file.ts';
import type { LogIndex } from './log-index.ts';
import type { OutboxOptions } from './outbox.ts';

export type OutboxParts = {
  readonly options: OutboxOptions;
  readonly openFile: OpenStorageFile;
  readonly file: LogFile;
  readonly index: LogIndex;
  readonly faults: OutboxFaults;
};
