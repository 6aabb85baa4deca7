/** The windows of the gate as the gate's feature uses them. */
import { createTranslator } from '../../../shared/i18n/translator.ts';
import { createSignal } from '../../../shared/lib/signal.ts';
import { isPageBroken } from '../../domain/gate/paint-deadline.ts';
import type { WindowStatePort } from '../../platform/window-state/window-state-port.ts';
import type { AgentContext } from '../../services/agent-context.ts';
import type { GateSurface } from '../../services/gate/gate-feature.ts';
import { createGateWindows, type GateWindows } from '../../windows/gate-windows.ts';
import type { PrewarmedWindow } from '../../windows/prewarmed-window.ts';

export interface GateWindowSurface extends GateSurface {
  readonly windows: GateWindows;
}

export function createGateSurface(
  context: AgentContext,
  prewarmed: PrewarmedWindow,
  /** A warning of the agent is on the screen, and the gate must not cover it. */
  isWarning: () => boolean,
): GateWindowSurface {
  const interrupted: GateSurface['interrupted'] = createSignal();
  const regained: GateSurface['regained'] = createSignal();
  const demonstrationLeft = createSignal();
  const { platform } = context;
  let windowState: WindowStatePort | undefined;
  void platform.loadWindowState().then((loaded) => {
    windowState = loaded;
  });
  const windows = createGateWindows({
    folders: context.folders,
    takePrewarmed: () => prewarmed.take(),
    clock: platform.clock,
    demonstration: context.demonstration,
    desktop: platform.desktop,
    windowState: () => windowState,
    isSessionInUse: () => isSessionInUse(platform),
    canBeSeen: async () => {
      const { idle } = await platform.loadSensors();
      const idleSeconds = await idle.readSeconds();
      return isPageBroken({
        isSessionInUse: await isSessionInUse(platform),
        idleSeconds: idleSeconds.ok ? idleSeconds.value : undefined,
      });
    },
    windowTitle: () => createTranslator(context.language.current()).text('gate.windowTitle'),
    mayBeCovered: isWarning,
    events: {
      onInterrupted: interrupted.emit,
      onRegained: regained.emit,
      onDemonstrationLeft: demonstrationLeft.emit,
    },
  });
  return {
    windows,
    interrupted,
    regained,
    demonstrationLeft,
    show: () => windows.show(),
    hide: () => windows.hide(),
    capabilities: () => (windowState === undefined ? [] : [windowState.capability()]),
    notePainted: () => windows.notePainted(),
    discardPrewarmed: () => prewarmed.discard(),
  };
}

async function isSessionInUse({ session }: AgentContext['platform']): Promise<boolean> {
  const state = await session.readState();
  // A system that cannot answer has one session: ours.
  return !state.ok || (state.value.inFront && !state.value.locked);
}
