/** Runs the gate: feeds the machine, carries out its effects, keeps its one timer and shows its state. */
import type { HandlersOf } from '../../../shared/ipc/contract.ts';
import type { GateContract, GateScreen } from '../../../shared/ipc/gate.ts';
import { createSignal, type Signal } from '../../../shared/lib/signal.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import {
  advanceGate,
  type GateEffect,
  type GateEvent,
  type GateState,
  initialGateState,
} from '../../domain/gate/gate-machine.ts';
import { createDrafts } from './drafts.ts';
import { createGateHandlers } from './gate-handlers.ts';
import { createGateNews, type GateNews } from './gate-news.ts';
import type { GateOptions, GatePorts } from './gate-ports.ts';
import { toGateScreen } from './gate-view.ts';

/** How often the agent tries again to read what it could not read. */
const tryAgainMs = 15_000;
/** How long the confirmation stays if the person does not leave it by hand. */
const confirmationMs = 6000;
const countdownStepMs = 200;

export interface GateService extends Pick<GateNews, 'reconsider' | 'newlyDue'> {
  /** Resolves when the gate is open or on the screen. */
  start(): Promise<void>;
  readonly handlers: HandlersOf<GateContract>;
  screen(): GateScreen;
  /** The gate was open before in this run of the agent, so that unsaved work may be behind it. */
  isOverWork(): boolean;
  /** How the gate opened; undefined while it is shut. */
  opening(): GateOpening | undefined;
  /** Notifies of every visible change. */
  readonly onChanged: Signal['subscribe'];
  openForCrashLimit(): void;
  /** An opening of this kind outlasts a restart of the agent in the same login. */
  openAgain(how: 'break-glass' | 'crash-limit'): void;
  leaveDemonstration(): void;
  stop(): void;
}

/** Longer than other functions: each effect and each phase is one case, and all of them share the state and the timer. */
export function createGateService(ports: GatePorts, options: GateOptions): GateService {
  const { clock } = ports;
  const { settings } = options;
  let state: GateState = initialGateState;
  let acceptedCount = 0;
  let hasBeenOpen = false;
  const changed = createSignal();
  let stopTimer = () => {};
  let stopped = false;
  const drafts = createDrafts(() => clock.nowUtc());

  const dispatch = async (event: GateEvent): Promise<void> => {
    if (stopped) return;
    const before = state;
    const step = advanceGate(before, event, settings);
    state = step.state;
    if (state.phase === 'confirmed' && before.phase === 'recording') acceptedCount += 1;
    if (state.phase === 'asking') drafts.noteShown(state.due[0]);
    if (isSeenToChange(before, state)) changed.emit();
    if (before.phase !== state.phase) schedule();
    for (const effect of step.effects) await carryOut(effect);
    await news.reconsiderWaiting();
  };

  const news = createGateNews({
    ports,
    state: () => state,
    dispatch,
    isStopped: () => stopped,
    onUnreadable: () => schedule(),
    onShutAgain: () => {
      acceptedCount = 0;
    },
  });

  /** The gate has one timer; the phase alone decides which. */
  const schedule = () => {
    stopTimer();
    switch (state.phase) {
      case 'declining':
      case 'leaving':
        stopTimer = clock.setTimer(countdownStepMs, () => {
          void dispatch({ kind: 'tick', nowMs: clock.monotonicMs() });
          schedule();
        });
        break;
      case 'confirmed':
        // If more policies follow, the person goes on by hand, so that no new text appears by itself.
        if (state.remaining.length === 0) {
          stopTimer = clock.setTimer(confirmationMs, () => void dispatch({ kind: 'proceed' }));
        }
        break;
      case 'blocked':
        stopTimer = clock.setTimer(tryAgainMs, () => void news.readAndDecide());
        break;
      case 'checking':
      case 'asking':
      case 'recording':
      case 'open':
        break;
    }
  };

  const carryOut = async (effect: GateEffect): Promise<void> => {
    switch (effect.kind) {
      case 'record-acceptance': {
        const { policy, submission } = effect;
        const recorded = await ports.recordAcceptance(policy, submission, drafts.openedAtOf(policy));
        if (recorded.ok) news.noteReceipt(recorded.value);
        await dispatch(
          recorded.ok
            ? { kind: 'acceptance-recorded', receipt: recorded.value }
            : { kind: 'acceptance-not-recorded', reason: recorded.error },
        );
        break;
      }
      case 'record-decline':
        // A decline that cannot be recorded still happens: a broken disk must not hold a person at the gate.
        await ports.recordAnswer(effect.policy, {
          action: 'declined',
          language: effect.language,
          openedAt: drafts.openedAtOf(effect.policy),
          draft: drafts.draftOf(effect.policy),
        });
        break;
      case 'leave': {
        const left = await ports.leave(effect.how);
        if (!left.ok) await dispatch({ kind: 'leave-failed', reason: left.error });
        else if (effect.how === 'lock') await dispatch({ kind: 'leave-done' });
        break;
      }
      case 'opened':
        hasBeenOpen = true;
        ports.hideWindows();
        drafts.clear();
        ports.onOpened(effect.how, news.policies());
        break;
    }
  };

  const leaveDemonstration = async (): Promise<void> => {
    if (options.demonstration) await dispatch({ kind: 'demonstration-left' });
  };

  return {
    start: news.readAndDecide,
    reconsider: news.reconsider,
    newlyDue: news.newlyDue,
    handlers: createGateHandlers({
      ports,
      options,
      drafts,
      state: () => state,
      dispatch,
      readAgain: news.readAndDecide,
      leaveDemonstration,
    }),
    screen: () =>
      toGateScreen(state, {
        settings,
        draftOf: drafts.draftOf,
        acceptedCount,
        ...(options.fill === undefined ? {} : { fill: options.fill }),
      }),
    isOverWork: () => hasBeenOpen,
    opening: () => (state.phase === 'open' ? state.how : undefined),
    onChanged: changed.subscribe,
    openForCrashLimit: () => void dispatch({ kind: 'crash-limit-reached' }),
    openAgain: (how) =>
      void dispatch({ kind: how === 'crash-limit' ? 'crash-limit-reached' : 'break-glass-code-matched' }),
    leaveDemonstration: () => void leaveDemonstration(),
    stop: () => {
      stopped = true;
      stopTimer();
    },
  };
}

/** The countdown ticks five times a second; only a new second is worth a repaint. */
function isSeenToChange(before: GateState, after: GateState): boolean {
  if (before === after) return false;
  return !(
    before.phase === 'declining' &&
    after.phase === 'declining' &&
    before.secondsLeft === after.secondsLeft
  );
}
