/** Answers the calls of the gate's page: each becomes an event of the machine, a record, or a saved draft. */
import type { HandlersOf, OutputOf } from '../../../shared/ipc/contract.ts';
import type { GateContract } from '../../../shared/ipc/gate.ts';
import type { Language } from '../../../shared/lib/language.ts';
import { areSameTexts } from '../../../shared/policy/missing-answers.ts';
import { type BreakGlassTries, noTries, secondsUntilNextTry } from '../../domain/gate/break-glass.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';
import { answerSubmission, type GateEvent, type GateState } from '../../domain/gate/gate-machine.ts';
import type { Drafts } from './drafts.ts';
import type { GateOptions, GatePorts } from './gate-ports.ts';

interface Parts {
  readonly ports: GatePorts;
  readonly options: Pick<GateOptions, 'breakGlassAvailable'>;
  readonly drafts: Drafts;
  readonly state: () => GateState;
  readonly dispatch: (event: GateEvent) => Promise<void>;
  /** Reads again the facts that could not be read. */
  readonly readAgain: () => Promise<void>;
  /** Does nothing outside demonstration mode. */
  readonly leaveDemonstration: () => Promise<void>;
}

export function createGateHandlers(parts: Parts): HandlersOf<GateContract> {
  const { ports, drafts, state, dispatch } = parts;
  const { clock } = ports;
  const policyOnScreen = () => findPolicyOnScreen(state());
  return {
    setLanguage: ({ language }) => {
      ports.setLanguage(language);
      return Promise.resolve({});
    },
    saveDraft: ({ policyId, policyVersion, textSha256, ticked, ...names }) => {
      drafts.saveNames(policyId, names);
      const policy = policyOnScreen();
      // A page may still show the previous text. Ticks there do not count for the text that is due.
      if (
        policy?.pack.manifest.id === policyId &&
        policy.pack.manifest.version === policyVersion &&
        areSameTexts(policy.pack.textSha256, textSha256)
      ) {
        drafts.saveTicked(policy, ticked);
      }
      return Promise.resolve({});
    },
    accept: async (submission) => {
      const answer = answerSubmission(state(), submission);
      if (answer !== 'complete') return { outcome: answer };
      const policy = policyOnScreen();
      drafts.saveNames(submission.policyId, submission);
      if (policy !== undefined) drafts.saveTicked(policy, submission.ticked);
      await dispatch({ kind: 'accept-submitted', submission });
      return { outcome: state().phase === 'asking' ? 'not-recorded' : 'recorded' };
    },
    proceed: async () => {
      await dispatch({ kind: 'proceed' });
      return {};
    },
    decline: async ({ language }) => {
      await dispatch({ kind: 'decline-requested', language, nowMs: clock.monotonicMs() });
      return {};
    },
    cancelDecline: async () => {
      await dispatch({ kind: 'decline-cancelled' });
      return {};
    },
    leaveNow: async () => {
      await dispatch({ kind: 'leave-now', nowMs: clock.monotonicMs() });
      return {};
    },
    leaveUnanswered: async ({ how }) => {
      // The desktop is open then, and its own ways of leaving are there.
      if (state().phase === 'open') return { left: false };
      // A countdown that went on behind the lock would sign the user out, and lose the work that the lock was to keep.
      if (state().phase === 'declining') await dispatch({ kind: 'decline-cancelled' });
      const left = await ports.leave(how);
      return { left: left.ok };
    },
    requestHelp: async ({ language }) => {
      const recorded = await recordHelp(parts, policyOnScreen(), language);
      return { recorded: recorded.ok };
    },
    breakGlass: createBreakGlass(parts),
    tryAgain: async () => {
      if (state().phase === 'blocked') await parts.readAgain();
      return {};
    },
    painted: ({ screen }) => {
      ports.notePainted(screen);
      return Promise.resolve({});
    },
    leaveDemonstration: async () => {
      await parts.leaveDemonstration();
      return {};
    },
  };
}

function recordHelp({ ports, drafts }: Parts, policy: DuePolicy | undefined, language: Language) {
  if (policy === undefined)
    return ports.reportProblem('A person asked for help at the gate, which showed no policy.');
  return ports.recordAnswer(policy, {
    action: 'help-requested',
    language,
    openedAt: drafts.openedAtOf(policy),
    draft: drafts.draftOf(policy),
  });
}

/** Wrong codes delay the next try, for this run of the agent. */
function createBreakGlass({ ports, options, dispatch }: Parts) {
  let tries: BreakGlassTries = noTries;
  return async ({ code }: { readonly code: string }): Promise<OutputOf<GateContract, 'breakGlass'>> => {
    if (!options.breakGlassAvailable) return { outcome: 'not-available', waitSeconds: 0 };
    const nowMs = ports.clock.monotonicMs();
    const waitSeconds = secondsUntilNextTry(tries, nowMs);
    if (waitSeconds > 0) return { outcome: 'wait', waitSeconds };
    if (!ports.isBreakGlassCode(code)) {
      tries = { wrongTries: tries.wrongTries + 1, lastWrongAtMs: nowMs };
      return { outcome: 'wrong-code', waitSeconds: secondsUntilNextTry(tries, nowMs) };
    }
    await dispatch({ kind: 'break-glass-code-matched' });
    return { outcome: 'opened', waitSeconds: 0 };
  };
}

function findPolicyOnScreen(state: GateState): DuePolicy | undefined {
  if (state.phase === 'asking' || state.phase === 'recording') return state.due[0];
  if ((state.phase === 'declining' || state.phase === 'leaving') && state.back.phase === 'asking') {
    return state.back.due[0];
  }
  return undefined;
}
