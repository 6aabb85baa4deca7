/** Starts the agent. The only file with side effects at its top level. */
import { runAgent } from './app/lifecycle.ts';

// Electron is not ready before this ends (its page on ES modules), so that the agent can settle what must be settled before.
await runAgent();
