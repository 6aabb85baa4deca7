/** The policies as a feature: asks the collector for new ones, and passes its publications to the gate. */
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { AgentContext } from '../agent-context.ts';
import type { Feature } from '../feature.ts';
import type { GateFeature } from '../gate/gate-feature.ts';
import type { Announcement, NewVersions } from './new-versions.ts';
import type { Policies } from './policies-service.ts';

interface Options {
  readonly policies: Policies;
  readonly gate: GateFeature;
  /** Shows a message with a choice in the system's own box. Resolves with whether the user wants to read now. */
  readonly announce: (announcement: Announcement, signal: AbortSignal) => Promise<boolean>;
}

export function createPoliciesFeature(context: AgentContext, options: Options): Feature {
  const { policies, gate } = options;
  let newVersions: NewVersions | undefined;
  let isStopped = false;

  const watchForNewVersions = async (): Promise<void> => {
    if (context.config().policy.applyNewVersion !== 'at-once' || isStopped) return;
    const { startNewVersions } = await import('./new-versions.ts');
    if (isStopped) return;
    newVersions = startNewVersions({
      clock: context.platform.clock,
      newlyDue: () => gate.service.newlyDue(),
      shut: () => gate.service.reconsider(true),
      translator: () => createTranslator(context.language.current()),
      announce: options.announce,
      log: context.log,
    });
  };

  return {
    name: 'policies',
    startsAt: 'gate-settled',
    start: async () => {
      await watchForNewVersions();
      if (isStopped) return undefined;
      policies.follow(gate.audience, (news) => {
        // An agent that restarts in mid-lesson starts no new login.
        const atLogin = news.atLogin && !gate.wasOpenBeforeRestart();
        context.log(`policies: new from the collector${atLogin ? ', for this login' : ''}`);
        // At a shut gate no user must sign a text that the school has replaced, or never published.
        if (atLogin || gate.isShut()) void gate.service.reconsider(atLogin);
        // With `next-login` the new version waits, as the name says.
        else newVersions?.check();
      });
      return undefined;
    },
    onSystem: (change) => {
      if (change !== 'resumed' && change !== 'unlocked') return;
      policies.wake();
      newVersions?.check();
    },
    onConfigChanged: async (changes) => {
      if (!changes.includes('policy.applyNewVersion')) return;
      newVersions?.stop();
      newVersions = undefined;
      await watchForNewVersions();
      policies.wake();
    },
    stop: () => {
      isStopped = true;
      newVersions?.stop();
      policies.stop();
    },
  };
}
