/** `npm run audit`: asks the registry for known vulnerabilities of the shipped packages. */
import { ensureBuild } from '../dev/agent-command.ts';
import { targets } from '../package/stage-app.ts';
import { run } from '../runtime/child.ts';
import { projectRoot } from '../runtime/paths.ts';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { evaluateAudit } from './evaluate-audit.ts';
import { listShippedPackages } from './shipped-packages.ts';

/** Throws SetupError for a vulnerability that stops a package. Prints a warning if the registry gave no answer. */
export const auditShipped = async (): Promise<void> => {
  const shipped = (await Promise.all(targets.map((target) => listShippedPackages(target)))).flat();
  const { stdout } = await run('npm', ['audit', '--json'], { cwd: projectRoot, deadlineMs: 60_000 });
  const answer = evaluateAudit(stdout, new Set(['electron', ...shipped.map(({ name }) => name)]));
  switch (answer.kind) {
    case 'clean':
      console.log('Audited: the shipped packages have no known vulnerability of high or critical severity.');
      return;
    case 'not-answered':
      console.log(`NOT AUDITED: the registry did not answer (${answer.reason}).`);
      return;
    case 'vulnerable':
      throw new SetupError(
        `Known vulnerabilities in shipped packages:\n${answer.findings.join('\n')}`,
        'Take versions without them.',
      );
  }
};

if (import.meta.main) {
  await runMain(async () => {
    await ensureBuild();
    await auditShipped();
    return 0;
  });
}
