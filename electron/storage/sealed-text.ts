/** Keeps a text that the secret store has sealed, so that a later run can try whether it still opens. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'self-check-seal.txt';

export function createSealedText(directory: string) {
  return {
    /** Undefined where no earlier run has kept one. */
    read: async (): Promise<string | undefined> => {
      const kept = await readFile(join(directory, fileName), 'utf8').catch(() => '');
      return kept === '' ? undefined : kept;
    },
    write: async (sealed: string): Promise<void> => {
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, fileName), sealed, { mode: 0o600 });
    },
  };
}
