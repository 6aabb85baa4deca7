/** Starts the agent. The only file with side effects at its top level. */
import { runAgent } from './app/lifecycle.ts';

runAgent();
