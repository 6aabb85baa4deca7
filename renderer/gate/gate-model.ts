/** What the gate's page itself remembers: answers typed and ticked, the step, and where focus goes next. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BridgeOf, PageSize } from '../../shared/ipc/contract.ts';
import type { GateContract, GateScreen, GateState } from '../../shared/ipc/gate.ts';
import type { Language } from '../../shared/lib/language.ts';
import type { Draft } from '../../shared/policy/answers.ts';
import {
  type AnswerField,
  answeredTextKey,
  findMissingAnswers,
} from '../../shared/policy/missing-answers.ts';
import { run } from '../components/run.ts';

export type PolicyScreen = Extract<GateScreen, { name: 'policy' }>;
export type GateCalls = BridgeOf<GateContract>['calls'];

/** Long enough not to send every key, short enough that a crash costs a word at most. */
const saveDraftDelayMs = 400;

/** `not-passed-on`: the main process did not take a call, so nothing has changed. */
type LocalNotice = 'none' | 'not-recorded' | 'not-current' | 'not-passed-on';

export interface GateModelState {
  readonly gate: GateState;
  /** The policy last shown to the user. It stays while the answer is recorded or a decline counts down. */
  readonly policyScreen: PolicyScreen | undefined;
  readonly draft: Draft;
  readonly step: 'read' | 'check';
  /** Show messages about missing answers only after a first try. */
  readonly tried: boolean;
  /** Rises with each incomplete try, so that the summary takes focus again. */
  readonly incompleteTries: number;
  /** The answer is on its way: neither recorded nor refused. */
  readonly sending: boolean;
  readonly notice: LocalNotice;
  readonly dialog: 'none' | 'decline' | 'help';
  /** The first frame of a newly opened page shows only the beginning of the text. */
  readonly isTextWhole: boolean;
  /** When the page opened. */
  readonly pageSize: PageSize;
  /** The share of the text that has been on the screen, 0 to 1. */
  readonly readShare: number;
  /** Where focus goes after the next change of screen: the heading, or the element with this id. */
  readonly focusTarget: string;
}

export const headingId = 'screen-heading';
export const acceptButtonId = 'accept';
export const declineButtonId = 'decline';
export const statementsHeadingId = 'statements';

const emptyDraft: Draft = { ticked: [], fullName: '', jobRole: '' };

export type GateModel = ReturnType<typeof createGateModel>;

/** How the page opens. */
interface Opening {
  readonly pageSize: PageSize;
  /** The screen that the user saw before this page's own code ran; absent: none. */
  readonly paintedScreen?: GateScreen['name'];
}

/** @param later runs a function after a delay and returns a function that cancels it. */
export function createGateModel(
  first: GateState,
  calls: GateCalls,
  later: (delayMs: number, run: () => void) => () => void,
  { pageSize, paintedScreen }: Opening,
) {
  const store: StoreApi<GateModelState> = createStore(() =>
    withGate(
      {
        gate: first,
        policyScreen: undefined,
        draft: emptyDraft,
        step: 'read',
        tried: false,
        incompleteTries: 0,
        sending: false,
        notice: 'none',
        dialog: 'none',
        isTextWhole: false,
        pageSize,
        readShare: 0,
        focusTarget: headingId,
      },
      first,
    ),
  );
  let callOffSave: (() => void) | undefined;
  let painted = paintedScreen;
  let isFocusPlaced = paintedScreen !== undefined;

  const set = store.setState;
  const get = store.getState;

  const saveNow = (): void => {
    // Nothing has changed since the last save, and a page that closes may no longer reach the main process.
    if (callOffSave === undefined) return;
    callOffSave();
    callOffSave = undefined;
    const { policyScreen, draft } = get();
    if (policyScreen === undefined) return;
    // A draft that was not saved costs nothing unless the page crashes; the page still has it.
    const { policyId, policyVersion, textSha256 } = policyScreen.policy;
    calls.saveDraft({ policyId, policyVersion, textSha256, ...draft }).catch(() => undefined);
  };

  const changeDraft = (draft: Draft): void => {
    set({ draft });
    callOffSave?.();
    callOffSave = later(saveDraftDelayMs, saveNow);
  };

  /** For calls whose effect comes back as a new state; only a failure is reported here. */
  const pass = (answer: Promise<unknown>): void => {
    set({ notice: 'none' });
    answer.catch(() => set({ notice: 'not-passed-on' }));
  };

  const backToReading = (focusTarget: string): void => set({ step: 'read', focusTarget });

  const refuse = (notice: LocalNotice): void => set({ sending: false, notice });

  return {
    store,
    calls,

    receive: (gate: GateState): void => set(withGate(get(), gate)),

    chooseLanguage: (language: Language): void => pass(calls.setLanguage({ language })),

    toggleStatement: (statementId: string): void => {
      const { draft } = get();
      const ticked = draft.ticked.includes(statementId)
        ? draft.ticked.filter((id) => id !== statementId)
        : [...draft.ticked, statementId];
      changeDraft({ ...draft, ticked });
    },

    setField: (field: AnswerField, value: string): void => changeDraft({ ...get().draft, [field]: value }),

    /** A screen is on the display. The main process hears of each once. */
    notePainted: (screen: GateScreen['name']): void => {
      const isKnown = painted === screen;
      painted = undefined;
      if (!isKnown) run(calls.painted({ screen }));
    },

    /** False once where the drawn screen has placed focus already, and the user may have moved on. */
    mayPlaceFocus: (): boolean => {
      const may = !isFocusPlaced;
      isFocusPlaced = false;
      return may;
    },

    showWholeText: (): void => set({ isTextWhole: true }),

    noteReadShare: (share: number): void => {
      if (share > get().readShare) set({ readShare: share });
    },

    openDialog: (dialog: 'decline' | 'help'): void => set({ dialog }),
    closeDialog: (): void => set({ dialog: 'none' }),

    /** *I accept*: goes to the check step, or shows what is still missing. */
    submit: (): void => {
      const { policyScreen, draft, incompleteTries } = get();
      if (policyScreen === undefined) return;
      if (findMissingAnswers(policyScreen.policy, draft).length > 0) {
        set({ tried: true, incompleteTries: incompleteTries + 1, notice: 'none' });
        return;
      }
      saveNow();
      set({ step: 'check', tried: false, notice: 'none', focusTarget: headingId });
    },

    backToReading,

    /** *Confirm and continue*. Until a state says so, nothing is accepted and the page says nothing else. */
    confirm: async (): Promise<void> => {
      const { policyScreen, draft, gate, sending } = get();
      if (sending || policyScreen === undefined) return;
      const { policy } = policyScreen;
      set({ sending: true, notice: 'none' });
      saveNow();
      const { language } = gate;
      try {
        const { outcome } = await calls.accept({
          ...draft,
          fullName: draft.fullName.trim(),
          jobRole: draft.jobRole.trim(),
          policyId: policy.policyId,
          policyVersion: policy.policyVersion,
          textSha256: policy.textSha256[language],
          language,
        });
        switch (outcome) {
          case 'recorded':
            // The state that says "accepted" moves the page on; until it comes the page waits.
            break;
          case 'not-recorded':
            refuse('not-recorded');
            break;
          case 'not-current':
            refuse('not-current');
            backToReading(headingId);
            break;
          case 'statements-missing':
          case 'fields-missing':
            refuse('none');
            set({ step: 'read', tried: true, incompleteTries: get().incompleteTries + 1 });
        }
      } catch {
        refuse('not-passed-on');
      }
    },

    /** The user has said twice that they do not accept. */
    decline: (): void => {
      saveNow();
      set({ dialog: 'none' });
      pass(calls.decline({ language: get().gate.language }));
    },

    cancelDecline: (): void => {
      set({ focusTarget: declineButtonId });
      pass(calls.cancelDecline({}));
    },
    leaveNow: (): void => pass(calls.leaveNow({})),
    proceed: (): void => pass(calls.proceed({})),
    tryAgain: (): void => pass(calls.tryAgain({})),
    leaveDemonstration: (): void => pass(calls.leaveDemonstration({})),
    /** Sends unsaved input, for a page that is about to close. */
    saveNow,
  };
}

/**
 * Takes in a pushed state. The user's input is newer than any push. So a pushed tick counts only if its text is not yet
 * on the page. A pushed name or role counts only if its policy is not.
 */
function withGate(model: GateModelState, gate: GateState): GateModelState {
  const { screen } = gate;
  if (screen.name !== 'policy') {
    const answered = screen.name !== 'recording';
    // A countdown pushes every second; a dialog that the user has opened over the same screen stays.
    const isSameScreen = model.gate.screen.name === screen.name;
    return {
      ...model,
      gate,
      sending: answered ? false : model.sending,
      dialog: isSameScreen || screen.name === 'blocked' ? model.dialog : 'none',
      focusTarget: isSameScreen ? model.focusTarget : headingId,
    };
  }
  const before = model.policyScreen?.policy;
  const { policy, draft } = screen;
  if (before !== undefined && answeredTextKey(before) === answeredTextKey(policy)) {
    return { ...model, gate, policyScreen: screen };
  }
  const { fullName, jobRole } = before?.policyId === policy.policyId ? model.draft : draft;
  return {
    ...model,
    gate,
    policyScreen: screen,
    draft: {
      ticked: draft.ticked,
      fullName: fullName === '' ? gate.suggestedFullName : fullName,
      jobRole,
    },
    step: 'read',
    tried: false,
    sending: false,
    readShare: 0,
    dialog: model.dialog === 'help' ? 'help' : 'none',
    focusTarget: headingId,
  };
}

export function useGate<Selected>(model: GateModel, select: (state: GateModelState) => Selected): Selected {
  return useStore(model.store, select);
}
