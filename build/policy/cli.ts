/** `npm run policy -- lint|pack|hash|import`: the policy-pack tool on the command line. */
import { runPolicyTool } from './policy-tool.ts';

process.exitCode = await runPolicyTool(process.argv.slice(2), {
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
