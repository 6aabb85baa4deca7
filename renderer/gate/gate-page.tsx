/** The gate: the narrow column that is always there, and beside it one screen at a time. */
import { useCallback, useEffect, useLayoutEffect } from 'react';
import type { Translator } from '../../shared/i18n/translator.ts';
import { Notice } from '../components/notice.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';
import { CheckStep } from './check-step.tsx';
import { DeclineDialog } from './decline-dialog.tsx';
import { FaultDetail } from './fault-detail.tsx';
import { type GateModel, type GateModelState, useGate } from './gate-model.ts';
import { HelpDialog } from './help-dialog.tsx';
import { PolicyStep } from './policy-step.tsx';
import { withWording } from './policy-words.ts';
import { Rail } from './rail.tsx';
import { Accepted, Blocked, Checking, Declining, Leaving, Recording } from './short-screens.tsx';

interface Props {
  readonly model: GateModel;
  /** Called once, when the page answers to the user. */
  readonly onAlive?: () => void;
}

export function GatePage({ model, onAlive }: Props) {
  const language = useGate(model, ({ gate }) => gate.language);
  const wording = useGate(model, ({ policyScreen }) => policyScreen?.policy.wording ?? 'policy');
  const adapt = useCallback((translator: Translator) => withWording(translator, wording), [wording]);
  useEffect(() => onAlive?.(), [onAlive]);
  return (
    <TranslatorProvider language={language} adapt={adapt}>
      <Gate model={model} />
    </TranslatorProvider>
  );
}

/** Names what is on the screen. When the name changes, focus moves and the page reports that it has painted. */
function viewName({ gate, policyScreen, step }: GateModelState): string {
  const { name } = gate.screen;
  if (name === 'recording') return policyScreen === undefined ? name : 'check';
  if (name !== 'policy') return name;
  const { policyId, policyVersion } = gate.screen.policy;
  return step === 'check' ? 'check' : `${policyId} ${policyVersion}`;
}

function Gate({ model }: { readonly model: GateModel }) {
  const state = useGate(model, (whole) => whole);
  const view = viewName(state);
  const screenName = state.gate.screen.name;

  useEffect(() => {
    // The second frame starts once the first has been handed over for drawing.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        model.notePainted(screenName);
        if (screenName === 'policy') model.showWholeText();
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [model, screenName]);

  return (
    <>
      <div className="gate">
        <Rail model={model} gate={state.gate} />
        <div className="content">
          {state.gate.demonstration ? <DemonstrationBanner model={model} /> : null}
          <main className="column">
            <Notices state={state} />
            <Screen model={model} state={state} />
            <FocusOnArrival key={view} model={model} />
          </main>
        </div>
      </div>
      {state.dialog === 'help' ? <HelpDialog model={model} gate={state.gate} /> : null}
      {state.dialog === 'decline' ? <DeclineDialog model={model} gate={state.gate} /> : null}
    </>
  );
}

function DemonstrationBanner({ model }: { readonly model: GateModel }) {
  const { text } = useTranslator();
  return (
    <section className="demonstration" aria-label={text('gate.demonstration.banner')}>
      <p>{text('gate.demonstration.banner')}</p>
      <button type="button" className="button button-small" onClick={model.leaveDemonstration}>
        {text('gate.demonstration.leave')}
      </button>
    </section>
  );
}

/** Moves focus when it is mounted, which happens once for each view, because its key is the view's name. */
function FocusOnArrival({ model }: { readonly model: GateModel }) {
  useLayoutEffect(() => {
    const target = document.getElementById(model.store.getState().focusTarget);
    if (!model.mayPlaceFocus() || target === null) return;
    if (target.tagName === 'H1') window.scrollTo(0, 0);
    target.focus();
  }, [model]);
  return null;
}

function Screen({ model, state }: { readonly model: GateModel; readonly state: GateModelState }) {
  const { screen } = state.gate;
  switch (screen.name) {
    case 'checking':
      return <Checking />;
    case 'recording':
      return state.policyScreen === undefined ? (
        <Recording />
      ) : (
        <CheckStep model={model} state={state} policyScreen={state.policyScreen} />
      );
    case 'policy':
      return state.step === 'check' ? (
        <CheckStep model={model} state={state} policyScreen={screen} />
      ) : (
        <PolicyStep model={model} state={state} screen={screen} />
      );
    case 'accepted':
      return <Accepted model={model} screen={screen} />;
    case 'declining':
      return <Declining model={model} screen={screen} isOverWork={state.gate.isOverWork} />;
    case 'leaving':
      return <Leaving screen={screen} />;
    case 'blocked':
      return <Blocked model={model} screen={screen} onDecline={state.gate.onDecline} />;
  }
}

const noticeWords = {
  'not-recorded': ['gate.notice.notRecorded', 'gate.notice.notRecordedBody'],
  'sign-out-failed': ['gate.notice.signOutFailed', 'gate.notice.signOutFailedBody'],
  'declined-stay': ['gate.notice.declinedStay', 'gate.notice.declinedStayBody'],
  'not-current': ['gate.notice.notCurrent', 'gate.notice.notCurrentBody'],
  'not-passed-on': ['gate.notice.notPassedOn', 'gate.notice.notPassedOnBody'],
} as const;

function Notices({ state }: { readonly state: GateModelState }) {
  const { text } = useTranslator();
  const { screen } = state.gate;
  const pushed = screen.name === 'policy' && !state.sending ? screen.notice : 'none';
  const notice = state.notice === 'none' ? pushed : state.notice;
  if (notice === 'none') return null;
  const [title, body] = noticeWords[notice];
  const detail = screen.name === 'policy' && notice === screen.notice ? screen.noticeDetail : '';
  return (
    <Notice key={notice} title={text(title)}>
      <p>{text(body)}</p>
      <FaultDetail detail={detail} />
    </Notice>
  );
}
