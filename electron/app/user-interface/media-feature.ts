/** Removable media as a feature. Loaded when the gate has painted: no user waits at login for what is plugged in. */
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import type { Refusal } from '../../ipc/register.ts';
import type { AgentContext } from '../../services/agent-context.ts';
import type { Feature } from '../../services/feature.ts';
import type { GateFeature } from '../../services/gate/gate-feature.ts';
import type { PluggedIn } from '../../services/media/warning-card.ts';
import type { PersonStoreFeature } from '../../services/person-store/person-store-feature.ts';
import type { Media } from './media-warning.ts';

export interface MediaFeature extends Feature {
  pluggedIn(): readonly PluggedIn[];
  /** What the school has answered to this user's requests, newest first. */
  answers(): readonly MediaAnswer[];
  /** Puts the warning on the screen again, with focus. */
  showWarning(): void;
}

interface Options {
  readonly gate: GateFeature;
  readonly personStore: PersonStoreFeature;
  readonly onRefused: (refusal: Refusal) => void;
  /** This many warnings of removable media are on the screen. */
  readonly onPainted: (warnings: number) => void;
}

export function createMediaFeature(context: AgentContext, options: Options): MediaFeature {
  const { gate, personStore } = options;
  let media: Media | undefined;
  let watching: Promise<undefined> | undefined;
  let hasStarted = false;
  let isStopped = false;

  const watch = async (): Promise<undefined> => {
    const state = personStore.state();
    if (context.config().media.mode === 'off' || state === undefined) return;
    const [{ startMedia }, ports, windowState] = await Promise.all([
      import('./media-warning.ts'),
      context.platform.removableMedia(),
      context.platform.loadWindowState(),
    ]);
    if (isStopped) return;
    media = await startMedia({
      ports,
      session: context.platform.session,
      windowState,
      config: context.config,
      machine: context.machine,
      clock: context.platform.clock,
      language: context.language,
      preloadFolder: context.folders.preload,
      stateDirectory: state.directory,
      reporting: personStore.reporting(),
      account: context.account,
      report: context.report,
      onFault: context.onFault,
      onRefused: options.onRefused,
      onChanged: () => context.statusChanged.emit(),
      onPainted: options.onPainted,
      log: context.log,
    });
    if (!gate.isShut()) media.allowWarnings();
  };
  /** The person store may open long after the start. */
  const watchOnce = (): Promise<undefined> | undefined => {
    if (!hasStarted || isStopped || personStore.state() === undefined) return undefined;
    watching ??= watch().catch(
      (error: unknown) =>
        void context.onFault({ fault: 'media-not-watched', subject: 'media', reason: String(error) }),
    );
    return watching;
  };
  const endings = [
    gate.shown.subscribe(() => media?.holdWarnings()),
    gate.opened.subscribe(() => media?.allowWarnings()),
    context.language.onChanged(() => media?.refresh()),
    personStore.opened.subscribe(() => void watchOnce()),
  ];

  return {
    name: 'media',
    startsAt: 'gate-settled',
    pluggedIn: () => media?.pluggedIn() ?? [],
    answers: () => media?.answers() ?? [],
    showWarning: () => media?.showWarning(),
    capabilities: () => media?.capabilities() ?? [],
    start: () => {
      hasStarted = true;
      return watchOnce();
    },
    onSystem: (change) => {
      if (change === 'suspending') media?.fallAsleep();
      if (change === 'resumed') media?.wake();
      if (change === 'unlocked') media?.comeToFront();
    },
    onConfigChanged: async (changes) => {
      if (changes.includes('media')) {
        await watching;
        if (context.config().media.mode === 'off') {
          await media?.stop();
          media = undefined;
        } else if (media === undefined) await watch();
        else media.settingsChanged();
      }
      media?.refresh();
    },
    stop: async () => {
      isStopped = true;
      for (const end of endings) end();
      await watching;
      await media?.stop();
    },
  };
}
