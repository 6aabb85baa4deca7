/** The second step: what the agent will record, word for word, with *Change* beside each answer. What was typed comes first. */
import { type ReactNode, useEffect, useState } from 'react';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { Translator } from '../../shared/i18n/translator.ts';
import { answerFields } from '../../shared/policy/missing-answers.ts';
import { run } from '../components/run.ts';
import { useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { ActionBar } from './action-bar.tsx';
import { fieldControlIds, statementControlId } from './control-ids.ts';
import { type GateModel, type GateModelState, headingId, type PolicyScreen } from './gate-model.ts';

/** After this long the page says that the delay is not the user's fault. */
const slowAfterMs = 10_000;

interface Props {
  readonly model: GateModel;
  readonly state: GateModelState;
  readonly policyScreen: PolicyScreen;
}

export function CheckStep({ model, state, policyScreen }: Props) {
  const translator = useTranslator();
  const { text, language } = translator;
  const { draft, gate } = state;
  const { policy } = policyScreen;
  const isRecording = state.sending || gate.screen.name === 'recording';
  useDocumentTitle(text('gate.check.title'));

  /** Buttons stay where they are during recording, so that focus is not lost, but do nothing. */
  const unlessRecording = (act: () => void) => () => {
    if (!isRecording) act();
  };
  const change = (target: string, what: string, label: PlainKey = 'gate.check.change') => (
    <button
      type="button"
      className="button button-link"
      aria-label={`${text(label)}: ${what}`}
      aria-disabled={isRecording}
      onClick={unlessRecording(() => model.backToReading(target))}
    >
      {text(label)}
    </button>
  );
  const tickedCount = policy.statements.filter(({ id }) => draft.ticked.includes(id)).length;
  const fields = answerFields.filter((field) => policy.fields[field] !== 'hidden');
  const agreed = agreedWords(translator, tickedCount, policy.statements.length);
  const typed = fields.map((field) => draft[field].trim()).filter((value) => value !== '');
  const compactFacts = typed.length === 0 ? agreed : typed.join(', ');

  return (
    <div>
      <div className="screen-head">
        <h1 id={headingId} tabIndex={-1}>
          {text('gate.check.title')}
        </h1>
        <p className="lead">{text('gate.check.intro')}</p>
      </div>
      <div className="summary">
        <dl>
          {fields.map((field) => {
            const label = text(field === 'fullName' ? 'gate.fullName' : 'gate.jobRole');
            const value = draft[field].trim();
            return (
              <Row key={field} label={label} action={change(fieldControlIds[field], label)}>
                {value === '' ? text('gate.check.notGiven') : value}
              </Row>
            );
          })}
          <Row
            label={text('gate.check.policy')}
            action={change(headingId, text('gate.check.policy'), 'gate.check.readAgain')}
          >
            {policy.title[language]}
            <span className="mark-line quiet">
              {text('gate.check.versionAndLanguage', {
                version: policy.policyVersion,
                language: text(
                  language === 'cy-GB' ? 'gate.check.inLanguage.welsh' : 'gate.check.inLanguage.english',
                ),
              })}
            </span>
          </Row>
        </dl>
        <details>
          <summary>{agreed}</summary>
          <dl>
            {policy.statements.map((statement, index) => {
              const label = text('gate.check.statement', { number: String(index + 1) });
              const isTicked = draft.ticked.includes(statement.id);
              return (
                <Row
                  key={statement.id}
                  label={label}
                  action={change(statementControlId(statement.id), label)}
                >
                  {statement.text[language]}
                  <span className={`mark ${isTicked ? 'mark-good' : 'mark-empty'}`}>
                    {text(isTicked ? 'gate.check.ticked' : 'gate.check.notTicked')}
                  </span>
                </Row>
              );
            })}
          </dl>
        </details>
        <AlsoRecorded person={gate.person} />
      </div>
      <div role="status">{isRecording ? <RecordingStatus /> : null}</div>
      <ActionBar facts={compactFacts}>
        <button
          type="button"
          className="button button-primary"
          aria-disabled={isRecording}
          onClick={unlessRecording(() => run(model.confirm()))}
        >
          {text('gate.check.confirm')}
        </button>
        <button
          type="button"
          className="button button-quiet"
          aria-disabled={isRecording}
          onClick={unlessRecording(() => model.backToReading(headingId))}
        >
          {text('gate.check.back')}
        </button>
      </ActionBar>
    </div>
  );
}

function agreedWords({ text, counted }: Translator, ticked: number, total: number): string {
  if (ticked < total) {
    return text('gate.check.agreedSome', { ticked: String(ticked), total: String(total) });
  }
  return total === 2 ? text('gate.check.agreedBoth') : counted('gate.check.agreedAll', total);
}

interface RowProps {
  readonly label: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Row({ label, action, children }: RowProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
      {action === undefined ? null : <dd className="summary-action">{action}</dd>}
    </div>
  );
}

/** Says only what is true before the result: that the answer is being recorded, and after a while that this is slow. */
export function RecordingStatus() {
  const { text } = useTranslator();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <p className="working">{text('gate.recording.status')}</p>
      {isSlow ? <p>{text('gate.recording.slow')}</p> : null}
    </>
  );
}

/** What is recorded beside the answers. */
function AlsoRecorded({ person }: { readonly person: string }) {
  const { text } = useTranslator();
  return (
    <details>
      <summary>{text('gate.check.also')}</summary>
      <dl>
        <Row label={text('gate.check.account')}>{person}</Row>
        <Row label={text('gate.check.computer')}>{text('gate.check.computerNote')}</Row>
        <Row label={text('gate.check.time')}>{text('gate.check.timeNote')}</Row>
      </dl>
    </details>
  );
}
