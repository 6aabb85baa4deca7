/** The log as a file: whole lines up to a known end, whatever bytes a failed write left after it. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type OpenStorageFile,
  privateFileMode,
  readFully,
  renameOver,
  replaceFile,
  type StorageFile,
  syncDirectory,
  writeFully,
} from '../durable-file.ts';

export const outboxFileName = 'outbox.log';

/** Every method throws the file system's own errors. One operation at a time. */
export class LogFile {
  readonly path: string;
  readonly #openFile: OpenStorageFile;
  #file: StorageFile | undefined;
  /** End of the last line that is known to be whole; the next write starts here. */
  #size = 0;
  /** A failed write may have left bytes after `#size`. */
  #cutBackFirst = false;
  /** The last line has no line end. */
  #lineEndFirst = false;
  /** The log was replaced, and its folder is not synced yet. */
  #syncDirectoryFirst = false;

  constructor(path: string, openFile: OpenStorageFile) {
    this.path = path;
    this.#openFile = openFile;
  }

  get size(): number {
    return this.#size;
  }

  /** Offset of the next line. */
  get nextOffset(): number {
    return this.#size + (this.#lineEndFirst ? 1 : 0);
  }

  async open(): Promise<StorageFile> {
    this.#file ??= await this.#openFile(this.path, 'r+', privateFileMode);
    return this.#file;
  }

  /** Creates a log and replaces a file of that name. */
  async create(firstLine: Buffer): Promise<void> {
    await replaceFile(this.path, firstLine, this.#openFile);
    await this.open();
    this.#size = firstLine.length;
  }

  /** Accepts the file as it is. With `lineEndMissing` the next write ends the last line first. */
  async takeAsItIs(lineEndMissing: boolean): Promise<void> {
    this.#size = (await (await this.open()).stat()).size;
    this.#lineEndFirst = lineEndMissing;
  }

  /** Ends an unfinished last line with the next write, so that it does not become part of the next line. */
  endLastLine(): void {
    this.#lineEndFirst = true;
  }

  async cutAt(offset: number): Promise<void> {
    const file = await this.open();
    await file.truncate(offset);
    await file.datasync();
    this.#size = offset;
  }

  /** Returns fewer bytes only at the end of the file. */
  async read(offset: number, length: number): Promise<Buffer> {
    if (this.#file === undefined) throw new Error('the log is not open');
    return readFully(this.#file, length, offset);
  }

  /** With `durable` the lines are on disk when it returns. */
  async write(lines: readonly Buffer[], durable: boolean): Promise<void> {
    await this.syncName();
    if (this.#cutBackFirst) await this.cutBack();
    const file = await this.open();
    const bytes = Buffer.concat(this.#lineEndFirst ? [Buffer.from('\n'), ...lines] : lines);
    this.#cutBackFirst = true;
    await writeFully(file, bytes, this.#size);
    // A data sync covers the data and the size, which is all that reading needs; the file's times may wait.
    if (durable) await file.datasync();
    this.#size += bytes.length;
    this.#cutBackFirst = false;
    this.#lineEndFirst = false;
  }

  /** Removes what a failed write left, so that the log ends with a whole line. */
  async cutBack(): Promise<void> {
    await this.cutAt(this.#size);
    this.#cutBackFirst = false;
  }

  /**
   * Replaces the log. The old one can be read until `fill` has returned; `add` returns the offset of the bytes in the
   * new one. Throws with the old log in place. Call `syncName` next.
   */
  async replace(fill: (add: (bytes: Buffer) => Promise<number>) => Promise<void>): Promise<void> {
    const old = await this.open();
    const temporary = `${this.path}.new`;
    const fresh = await this.#openFile(temporary, 'w+', privateFileMode);
    let size = 0;
    try {
      await fill(async (bytes) => {
        const offset = size;
        await writeFully(fresh, bytes, offset);
        size += bytes.length;
        return offset;
      });
      await fresh.sync();
      // Windows does not rename over an open file.
      this.#file = undefined;
      await old.close();
      await renameOver(temporary, this.path);
    } catch (error) {
      await fresh.close().catch(() => undefined);
      await rm(temporary, { force: true }).catch(() => undefined);
      await this.open().catch(() => undefined);
      throw error;
    }
    this.#file = fresh;
    this.#size = size;
    this.#cutBackFirst = false;
    this.#lineEndFirst = false;
    this.#syncDirectoryFirst = true;
  }

  /** Syncs the folder after a replacement: until the new name is on disk, nothing in the new log is durable. */
  async syncName(): Promise<void> {
    if (!this.#syncDirectoryFirst) return;
    await syncDirectory(dirname(this.path));
    this.#syncDirectoryFirst = false;
  }

  /** Never throws: every durable write has been synced already. */
  async close(): Promise<void> {
    await this.#file?.datasync().catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }
}
