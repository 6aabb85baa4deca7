/** The outbox's log as a file: whole lines up to an end that is known, whatever a write that failed left behind it. */
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

/** Whatever throws here throws the file system's own error, and one thing at a time may be asked. */
export class LogFile {
  readonly path: string;
  readonly #openFile: OpenStorageFile;
  #file: StorageFile | undefined;
  /** End of what is known to be whole; the next write starts here. */
  #size = 0;
  /** Bytes may stand behind `#size` that a failed write left. */
  #cutBackFirst = false;
  /** The log ends without a line end. */
  #lineEndFirst = false;
  /** The log was replaced, and its folder has not been synced yet. */
  #syncDirectoryFirst = false;

  constructor(path: string, openFile: OpenStorageFile) {
    this.path = path;
    this.#openFile = openFile;
  }

  get size(): number {
    return this.#size;
  }

  /** Where the next line will stand. */
  get nextOffset(): number {
    return this.#size + (this.#lineEndFirst ? 1 : 0);
  }

  async open(): Promise<StorageFile> {
    this.#file ??= await this.#openFile(this.path, 'r+', privateFileMode);
    return this.#file;
  }

  /** Begins a log in the place of whatever there was. */
  async create(firstLine: Buffer): Promise<void> {
    await replaceFile(this.path, firstLine, this.#openFile);
    await this.open();
    this.#size = firstLine.length;
  }

  /** Takes the file as it is for whole; where its last line lacks its end, the next write begins with one. */
  async takeAsItIs(lineEndMissing: boolean): Promise<void> {
    this.#size = (await (await this.open()).stat()).size;
    this.#lineEndFirst = lineEndMissing;
  }

  /** What was not finished becomes a line of its own, and no part of the next. */
  endLastLine(): void {
    this.#lineEndFirst = true;
  }

  async cutAt(offset: number): Promise<void> {
    const file = await this.open();
    await file.truncate(offset);
    await file.datasync();
    this.#size = offset;
  }

  /** Fewer bytes only at the end of the file. */
  async read(offset: number, length: number): Promise<Buffer> {
    if (this.#file === undefined) throw new Error('the log is not open');
    return readFully(this.#file, length, offset);
  }

  /** `durable`: the lines are on disk when it returns. */
  async write(lines: readonly Buffer[], durable: boolean): Promise<void> {
    await this.syncName();
    if (this.#cutBackFirst) await this.cutBack();
    const file = await this.open();
    const bytes = Buffer.concat(this.#lineEndFirst ? [Buffer.from('\n'), ...lines] : lines);
    this.#cutBackFirst = true;
    await writeFully(file, bytes, this.#size);
    // Data and size are what is needed to read it again, and a data sync covers both; the times of the file may wait.
    if (durable) await file.datasync();
    this.#size += bytes.length;
    this.#cutBackFirst = false;
    this.#lineEndFirst = false;
  }

  /** Takes away what a failed write left, so that the log ends with a whole line. */
  async cutBack(): Promise<void> {
    await this.cutAt(this.#size);
    this.#cutBackFirst = false;
  }

  /**
   * Puts a new log in the place of the old one, which can be read until `fill` has returned; `add` answers where the
   * bytes stand in the new one. Throws with the old one in place. `syncName` is to follow.
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
      // Windows renames over no file that is open.
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

  /** Until the new log's name is on disk, nothing in it is. */
  async syncName(): Promise<void> {
    if (!this.#syncDirectoryFirst) return;
    await syncDirectory(dirname(this.path));
    this.#syncDirectoryFirst = false;
  }

  /** Never throws: what was to be on disk is. */
  async close(): Promise<void> {
    await this.#file?.datasync().catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }
}
