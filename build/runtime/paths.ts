/** Where the project's own folders are, whatever folder a command was started from. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** What commands leave behind on this machine; never committed, safe to delete. */
export const scratchFolder = path.join(projectRoot, '.porthor');
