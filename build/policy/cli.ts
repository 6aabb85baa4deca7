/** `npm run policy -- lint|pack|hash|import`: the policy-pack tool on the command line. */
import { runPolicyTool } from './policy-tool.ts';
import { runApart } from './run-apart.ts';

const commandLine = process.argv.slice(2);
const console_ = {
  print: (line: string) => console.log(line),
  complain: (line: string) => console.error(line),
};

process.exitCode =
  commandLine[0] === 'import'
    ? await runApart(commandLine, console_)
    : await runPolicyTool(commandLine, console_);
