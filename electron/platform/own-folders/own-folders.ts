/** Where the runtime may keep its own files and its lock, one folder for each login session of the account on this PC. */

export interface OwnFolders {
  /** In order of preference; never empty. */
  readonly folders: readonly [string, ...string[]];
  /** Whether an agent of this login session holds the lock of the folder. */
  isAgentHere(folder: string): boolean;
}

/** One folder, whose lock reaches every agent that may hold it. */
export const oneFolder = (folder: string): OwnFolders => ({ folders: [folder], isAgentHere: () => true });
