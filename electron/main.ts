/** Starts the agent. The only file with side effects at its top level. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCachedLoader } from './app/code-cache.ts';

const folder = path.dirname(fileURLToPath(import.meta.url));
const { runAgent } = createCachedLoader().load(
  path.join(folder, 'agent.cjs'),
) as typeof import('./app/lifecycle.ts');

// Electron is not ready before this ends (its page on ES modules), so that the agent can settle what must be settled before.
await runAgent();
