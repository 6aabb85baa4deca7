/** Runs the gate: reads the facts, feeds the machine, carries out its effects and shows its state. */

import type { HandlersOf } from '../../../shared/ipc/contract.ts';
import type {
  AcceptInput,
  Draft,
  GateContract,
  GateState as GateViewState,
} from '../../../shared/ipc/gate.ts';
import { type Language, languages } from '../../../shared/lib/language.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import { type BreakGlassTries, noTries, secondsUntilNextTry } from '../../domain/gate/break-glass.ts';
import {
  type DuePolicy,
  evaluate,
  evaluateAtStart,
  type GateFacts,
  type PolicyRecord,
} from '../../domain/gate/evaluate.ts';
import {
  advanceGate,
  answerSubmission,
  type BlockedReason,
  type GateEffect,
  type GateEvent,
  type GateSettings,
  type GateState,
  initialGateState,
} from '../../domain/gate/gate-machine.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { toGateScreen } from './gate-view.ts';

/** The collector is asked for this long at login before the policy is shown (product rule 5). */
export const askCollectorMs = 1500;
/** What could not be read is tried again this often by itself. */
const tryAgainMs = 15_000;
/** How long the confirmation stays when it is not left by hand. */
const confirmationMs = 6000;
const countdownStepMs = 200;

export interface FactsProblem {
  readonly reason: BlockedReason;
  readonly detail: string;
}

/** A declined policy or a call for help, as it is written down. */
interface Answer {
  readonly action: 'declined' | 'help-requested';
  readonly language: Language;
  readonly openedAt: string;
  readonly draft: Draft;
}

export interface GatePorts {
  readonly clock: Clock;
  /** Reads what this PC knows: config, packs for the person's audience, receipts. `known` is left empty. */
  readFacts(): Promise<Result<GateFacts, FactsProblem>>;
  /** What the collector knows of the person; undefined when it did not answer. Never rejects. */
  askCollector(): Promise<readonly PolicyRecord[] | undefined>;
  /** Succeeds only when the acknowledgement and its receipt are durably on disk. */
  recordAcceptance(
    policy: DuePolicy,
    submission: AcceptInput,
    openedAt: string,
  ): Promise<Result<PolicyRecord, string>>;
  recordAnswer(policy: DuePolicy, answer: Answer): Promise<Result<undefined, string>>;
  /** A call for help while there is no policy on the screen. */
  reportProblem(text: string): Promise<Result<undefined, string>>;
  leave(how: 'sign-out' | 'lock'): Promise<Result<undefined, string>>;
  showWindows(): void;
  hideWindows(): void;
  setLanguage(language: Language): void;
  notePainted(screen: string): void;
  /** Compares a typed code with the one the school set. */
  isBreakGlassCode(code: string): boolean;
  onOpened(how: GateOpening, policies: readonly DuePolicy[]): void;
}

export interface GateOptions {
  readonly settings: GateSettings;
  readonly demonstration: boolean;
  readonly breakGlassAvailable: boolean;
  readonly fill?: (markdown: string, language: Language) => string;
}

export interface GateService {
  /** Resolves when it is known whether the gate is open or shown; the gate itself goes on. */
  start(): Promise<void>;
  readonly handlers: HandlersOf<GateContract>;
  screen(): GateViewState['screen'];
  opening(): GateOpening | undefined;
  /** Calls the listener after every change that can be seen. */
  onChanged(listener: () => void): void;
  /**
   * Reads the facts anew, because policies or records have changed. An open gate is shut again only with `mayShut`: for
   * what was published before the login, or what the school wants to apply at once.
   */
  reconsider(mayShut: boolean): Promise<void>;
  /**
   * What has become due by being published since the gate opened by an acceptance; empty while it is shut, or open for
   * another reason. A renewal whose day has come is not among them: it waits for the next login.
   */
  newlyDue(): Promise<readonly DuePolicy[]>;
  openForCrashLimit(): void;
  /** What was let go in this login stays so when the agent starts again. */
  openAgain(how: 'break-glass' | 'crash-limit'): void;
  leaveDemonstration(): void;
  stop(): void;
}

/** Ways of opening that a new policy may undo. A broken agent or a technician opened it for another reason. */
const mayShutFrom: ReadonlySet<GateOpening> = new Set(['receipt', 'known-to-collector', 'no-policy']);

export function createGateService(ports: GatePorts, options: GateOptions): GateService {
  const { clock } = ports;
  const { settings } = options;
  let state: GateState = initialGateState;
  let lastFacts: GateFacts | undefined;
  /** What the collector last said of the person: it holds for whatever policies come later. */
  let lastKnown: readonly PolicyRecord[] = [];
  /** News that came while an answer was under way; whether it may shut an open gate. */
  let waitingNews: { readonly mayShut: boolean } | undefined;
  let acceptedCount = 0;
  let tries: BreakGlassTries = noTries;
  let listener = () => {};
  let stopTimer = () => {};
  let stopped = false;
  /** Boxes that were ticked, for exactly the text and the statements that they were ticked under. */
  const ticked = new Map<string, readonly string[]>();
  /** Name and role as they were typed, by policy: they stay true when its text changes. */
  const typed = new Map<string, Omit<Draft, 'ticked'>>();
  /** When each text was first on the screen, UTC. */
  const openedAt = new Map<string, string>();

  const dispatch = async (event: GateEvent): Promise<void> => {
    if (stopped) return;
    const before = state;
    const step = advanceGate(before, event, settings);
    state = step.state;
    if (state.phase === 'confirmed' && before.phase === 'recording') acceptedCount += 1;
    noteShown();
    if (isSeenToChange(before, state)) listener();
    if (before.phase !== state.phase) schedule();
    for (const effect of step.effects) await carryOut(effect);
    if (waitingNews !== undefined && !isAnswerUnderWay(state)) {
      const { mayShut } = waitingNews;
      waitingNews = undefined;
      await reconsider(mayShut);
    }
  };

  const noteShown = () => {
    if (state.phase !== 'asking') return;
    const key = textKey(state.due[0]);
    if (!openedAt.has(key)) openedAt.set(key, clock.nowUtc().toISOString());
  };

  /** The one timer of the gate; which one is needed follows from the phase alone. */
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
        // With more to come the person goes on by hand, so that no new text appears unasked.
        if (state.remaining.length === 0) {
          stopTimer = clock.setTimer(confirmationMs, () => void dispatch({ kind: 'proceed' }));
        }
        break;
      case 'blocked':
        stopTimer = clock.setTimer(tryAgainMs, () => void readAndDecide());
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
        const recorded = await ports.recordAcceptance(policy, submission, openedAtOf(policy));
        // What is read again meanwhile must not ask for it a second time.
        if (recorded.ok && lastFacts !== undefined) {
          lastFacts = { ...lastFacts, receipts: [...lastFacts.receipts, recorded.value] };
        }
        await dispatch(
          recorded.ok
            ? { kind: 'acceptance-recorded', receipt: recorded.value }
            : { kind: 'acceptance-not-recorded', reason: recorded.error },
        );
        break;
      }
      case 'record-decline':
        // A decline that cannot be written down still happens: nobody is kept in front of the gate for our disk.
        await ports.recordAnswer(effect.policy, {
          action: 'declined',
          language: effect.language,
          openedAt: openedAtOf(effect.policy),
          draft: draftOf(effect.policy),
        });
        break;
      case 'leave': {
        const left = await ports.leave(effect.how);
        if (!left.ok) await dispatch({ kind: 'leave-failed', reason: left.error });
        else if (effect.how === 'lock') await dispatch({ kind: 'leave-done' });
        break;
      }
      case 'opened':
        ports.hideWindows();
        ticked.clear();
        typed.clear();
        openedAt.clear();
        ports.onOpened(effect.how, lastFacts?.packs.map((pack) => ({ pack, reason: 'first' })) ?? []);
        break;
    }
  };

  const readAndDecide = async (): Promise<void> => {
    const facts = await ports.readFacts();
    if (stopped || state.phase === 'open') return;
    if (!facts.ok) {
      ports.showWindows();
      await dispatch({ kind: 'facts-unreadable', ...facts.error });
      schedule();
      return;
    }
    lastFacts = facts.value;
    if (evaluateAtStart(facts.value).kind === 'nothing-due') {
      await dispatch({ kind: 'facts-read', facts: facts.value, mayShut: false });
      return;
    }
    // From here on the person may have to be asked: cover first, then find out.
    ports.showWindows();
    await askCollectorThenDecide();
  };

  const askCollector = async (): Promise<readonly PolicyRecord[] | undefined> => {
    const known = await ports.askCollector();
    lastKnown = known ?? lastKnown;
    return known;
  };

  /** Decides by the newest facts, whichever were at hand when the collector was asked. */
  const decide = async (): Promise<void> => {
    if (lastFacts === undefined) return;
    if (isAnswerUnderWay(state)) {
      waitingNews ??= { mayShut: false };
      return;
    }
    await dispatch({ kind: 'facts-read', facts: { ...lastFacts, known: lastKnown }, mayShut: false });
  };

  const reconsider = async (mayShut: boolean): Promise<void> => {
    if (state.phase === 'open' && !mayShut) return;
    if (isAnswerUnderWay(state)) {
      waitingNews = { mayShut: mayShut || waitingNews?.mayShut === true };
      return;
    }
    if (state.phase === 'checking' || state.phase === 'blocked') {
      await readAndDecide();
      return;
    }
    const facts = await ports.readFacts();
    if (stopped || !facts.ok) return;
    if (state.phase !== 'open') {
      if (isAnswerUnderWay(state)) {
        waitingNews = { mayShut };
        return;
      }
      lastFacts = facts.value;
      await decide();
      // The new text is on the screen; whoever has accepted it elsewhere is spared it as soon as that is known.
      const known = await askCollector();
      if (known !== undefined && known.length > 0) await decide();
      return;
    }
    if (!mayShutFrom.has(state.how) || evaluate(facts.value).kind === 'nothing-due') return;
    // Whoever has accepted the new text on another PC is spared it here too, before anything is covered.
    const known = (await askCollector()) ?? lastKnown;
    if (stopped || state.phase !== 'open') return;
    const withKnown = { ...facts.value, known };
    if (evaluate(withKnown).kind === 'nothing-due') return;
    lastFacts = withKnown;
    acceptedCount = 0;
    ports.showWindows();
    await dispatch({ kind: 'facts-read', facts: withKnown, mayShut: true });
  };

  const askCollectorThenDecide = async (): Promise<void> => {
    let stopDeadline = () => {};
    const deadline = new Promise<'too-late'>((resolve) => {
      stopDeadline = clock.setTimer(askCollectorMs, () => resolve('too-late'));
    });
    const answer = askCollector();
    const first = await Promise.race([answer, deadline]);
    stopDeadline();
    await decide();
    if (first !== 'too-late') return;
    // A late answer still spares the person, as long as they have not answered themselves (the machine sees to that).
    void answer.then((late) => (late === undefined || late.length === 0 ? undefined : decide()));
  };

  /** What cannot be read now changes nothing: the gate was opened in order. */
  const readNewlyDue = async (): Promise<readonly DuePolicy[]> => {
    if (state.phase !== 'open' || !mayShutFrom.has(state.how)) return [];
    const read = await ports.readFacts();
    if (!read.ok || evaluate(read.value).kind !== 'due') return [];
    // The person may have accepted it on another PC in the meantime.
    const answer = evaluate({ ...read.value, known: (await askCollector()) ?? lastKnown });
    return answer.kind === 'due'
      ? answer.due.filter(({ reason }) => reason === 'first' || reason === 'material')
      : [];
  };

  const draftOf = (policy: DuePolicy): Draft => ({
    fullName: '',
    jobRole: '',
    ...typed.get(policy.pack.manifest.id),
    ticked: [...(ticked.get(textKey(policy)) ?? [])],
  });
  const openedAtOf = (policy: DuePolicy) => openedAt.get(textKey(policy)) ?? clock.nowUtc().toISOString();

  const handlers: HandlersOf<GateContract> = {
    setLanguage: ({ language }) => {
      ports.setLanguage(language);
      return Promise.resolve({});
    },
    saveDraft: ({ policyId, policyVersion, textSha256, ticked: boxes, ...names }) => {
      typed.set(policyId, names);
      const policy = policyOnScreen(state);
      // A page may still show the text before: what was ticked there says nothing of the one that is due.
      if (
        policy?.pack.manifest.id === policyId &&
        policy.pack.manifest.version === policyVersion &&
        languages.every((language) => policy.pack.textSha256[language] === textSha256[language])
      ) {
        ticked.set(textKey(policy), boxes);
      }
      return Promise.resolve({});
    },
    accept: async (submission) => {
      const answer = answerSubmission(state, submission);
      if (answer !== 'complete') return { outcome: answer };
      const policy = policyOnScreen(state);
      typed.set(submission.policyId, { fullName: submission.fullName, jobRole: submission.jobRole });
      if (policy !== undefined) ticked.set(textKey(policy), submission.ticked);
      await dispatch({ kind: 'accept-submitted', submission });
      return { outcome: state.phase === 'asking' ? 'not-recorded' : 'recorded' };
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
    requestHelp: async ({ language }) => {
      const policy = policyOnScreen(state);
      const recorded =
        policy === undefined
          ? await ports.reportProblem('Help was asked for at the gate, which could not be answered.')
          : await ports.recordAnswer(policy, {
              action: 'help-requested',
              language,
              openedAt: openedAtOf(policy),
              draft: draftOf(policy),
            });
      return { recorded: recorded.ok };
    },
    breakGlass: async ({ code }) => {
      if (!options.breakGlassAvailable) return { outcome: 'not-available', waitSeconds: 0 };
      const nowMs = clock.monotonicMs();
      const waitSeconds = secondsUntilNextTry(tries, nowMs);
      if (waitSeconds > 0) return { outcome: 'wait', waitSeconds };
      if (!ports.isBreakGlassCode(code)) {
        tries = { wrongTries: tries.wrongTries + 1, lastWrongAtMs: nowMs };
        return { outcome: 'wrong-code', waitSeconds: secondsUntilNextTry(tries, nowMs) };
      }
      await dispatch({ kind: 'break-glass-code-matched' });
      return { outcome: 'opened', waitSeconds: 0 };
    },
    tryAgain: async () => {
      if (state.phase === 'blocked') await readAndDecide();
      return {};
    },
    painted: ({ screen }) => {
      ports.notePainted(screen);
      return Promise.resolve({});
    },
    leaveDemonstration: async () => {
      if (options.demonstration) await dispatch({ kind: 'demonstration-left' });
      return {};
    },
  };

  return {
    start: readAndDecide,
    reconsider,
    handlers,
    screen: () =>
      toGateScreen(state, {
        settings,
        draftOf,
        acceptedCount,
        ...(options.fill === undefined ? {} : { fill: options.fill }),
      }),
    opening: () => (state.phase === 'open' ? state.how : undefined),
    onChanged: (changed) => {
      listener = changed;
    },
    newlyDue: readNewlyDue,
    openForCrashLimit: () => void dispatch({ kind: 'crash-limit-reached' }),
    openAgain: (how) =>
      void dispatch({ kind: how === 'crash-limit' ? 'crash-limit-reached' : 'break-glass-code-matched' }),
    leaveDemonstration: () => {
      if (options.demonstration) void dispatch({ kind: 'demonstration-left' });
    },
    stop: () => {
      stopped = true;
      stopTimer();
    },
  };
}

/** What a person reads and ticks. Not the version alone: a school may alter a pack without giving it a new number. */
function textKey({ pack: { manifest, textSha256 } }: DuePolicy): string {
  return JSON.stringify([
    manifest.id,
    manifest.version,
    languages.map((language) => textSha256[language]),
    manifest.statements,
  ]);
}

/** While somebody answers, the machine takes no news; it is read when that has come to an end. */
function isAnswerUnderWay({ phase }: GateState): boolean {
  return phase === 'recording' || phase === 'confirmed' || phase === 'declining' || phase === 'leaving';
}

function policyOnScreen(state: GateState): DuePolicy | undefined {
  if (state.phase === 'asking' || state.phase === 'recording') return state.due[0];
  if ((state.phase === 'declining' || state.phase === 'leaving') && state.back.phase === 'asking') {
    return state.back.due[0];
  }
  return undefined;
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
