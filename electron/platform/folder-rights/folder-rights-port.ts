/** Who may read and change a folder, and to whom a file belongs. */
import type { Result } from '../../../shared/lib/result.ts';

export interface FolderRightsPort {
  /** Whether the file belongs to the signed-in account. False where there is none, or the system does not say. */
  isOwn(path: string): Promise<boolean>;
  /**
   * Leaves the folder, and all that is in it, to the signed-in account; on Windows to SYSTEM and the administrators
   * too. The error says what is left open, and names no path. Never rejects.
   */
  closeToOthers(directory: string): Promise<Result<undefined, string>>;
  /** Who else may read or change the folder: an empty list, or their names as the system has them. Never rejects. */
  listOthers(directory: string): Promise<Result<readonly string[], string>>;
}
