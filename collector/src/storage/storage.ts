/** The storage port: reads on their own connection, and named writes that are on disk when they resolve. */
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';
import type { WriteInput, WriteName, WriteOutput } from './writes.ts';

export type CollectorDatabase = Kysely<Tables>;

/**
 * `busy`: another program holds the database. `full`: the disk is full. `overloaded`: too many writes wait.
 * `unusable`: the database cannot be reached or read.
 */
export type StorageTrouble = 'busy' | 'full' | 'overloaded' | 'unusable';

/** A failure of the storage itself. Nothing of the write is stored. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly trouble: StorageTrouble;

  constructor(trouble: StorageTrouble, message: string) {
    super(message);
    this.trouble = trouble;
  }
}

/** Undefined for an error that does not come from the storage. */
export function storageTrouble(error: unknown): StorageTrouble | undefined {
  return error instanceof StorageError ? error.trouble : undefined;
}

export interface Storage {
  /** For reading only. It never waits for a writer. Rejects with StorageError. */
  readonly reader: CollectorDatabase;
  /**
   * Runs one write of `writes.ts`, possibly in one transaction with others. Its result is on disk when the promise
   * resolves. Rejects with StorageError, at once where too much waits already.
   */
  write<Name extends WriteName>(name: Name, input: WriteInput<Name>): Promise<WriteOutput<Name>>;
  /**
   * Copies the database at one moment into `file`, which is overwritten, without holding up writers. Undefined for a
   * database server, which has its own tools for that.
   */
  readonly copyTo: ((file: string) => Promise<void>) | undefined;
  /**
   * Reads the whole database beside everything else, and returns what is damaged. Undefined for a database server, which
   * has its own tools for that.
   */
  readonly checkIntegrity: ((signal: AbortSignal) => Promise<readonly string[]>) | undefined;
  /**
   * Rewrites the database file, so that no free space in it holds what was erased. Undefined for a database server,
   * which has its own tools for that.
   */
  readonly rewrite: (() => Promise<void>) | undefined;
  /** Finishes the writes that wait, then closes. */
  close(): Promise<void>;
}
