/** The first step: the policy's text, its statements, name and role, and the two answers. */
import { useRef } from 'react';
import { formatCalendarDate } from '../../shared/i18n/format-date.ts';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { ShownPolicy } from '../../shared/ipc/gate.ts';
import { type AnswerField, answerFields, findMissingAnswers } from '../../shared/policy/missing-answers.ts';
import { PolicyText } from '../components/policy-text.tsx';
import { useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { fieldControlIds, statementControlId } from './control-ids.ts';
import { ErrorSummary } from './error-summary.tsx';
import { firstScreenful } from './first-screenful.ts';
import {
  acceptButtonId,
  declineButtonId,
  type GateModel,
  type GateModelState,
  headingId,
  type PolicyScreen,
  statementsHeadingId,
} from './gate-model.ts';
import { StatementRow } from './statement-row.tsx';
import { TextField } from './text-field.tsx';
import { useKeptPlace } from './use-kept-place.ts';
import { useReadShare } from './use-read-share.ts';

const reasons: Readonly<Record<ShownPolicy['reason'], PlainKey>> = {
  first: 'gate.reason.first',
  material: 'gate.reason.material',
  renewal: 'gate.reason.renewal',
  'every-login': 'gate.reason.everyLogin',
};

interface Props {
  readonly model: GateModel;
  readonly state: GateModelState;
  readonly screen: PolicyScreen;
}

export function PolicyStep({ model, state, screen }: Props) {
  const { text, language } = useTranslator();
  const { policy, position } = screen;
  const { draft } = state;
  const title = policy.title[language];
  const page = useRef<HTMLDivElement>(null);
  const policyText = useRef<HTMLElement>(null);
  useDocumentTitle(title);
  useKeptPlace(page, language);
  useReadShare(policyText, state.isTextWhole ? model.noteReadShare : undefined);

  const missing = state.tried ? findMissingAnswers(policy, draft) : [];
  const messageFor = (field: AnswerField): string | undefined =>
    missing.some(({ kind }) => kind === field)
      ? text(field === 'fullName' ? 'gate.error.fullName' : 'gate.error.jobRole')
      : undefined;
  const shownFields = answerFields.filter((field) => policy.fields[field] !== 'hidden');

  return (
    <div ref={page}>
      <div className="read-line" aria-hidden="true">
        <div className="read-line-done" style={{ transform: `scaleX(${state.readShare})` }} />
      </div>
      <div className="screen-head">
        {position.total > 1 ? (
          <p className="eyebrow">
            {text('gate.position', { index: String(position.index), total: String(position.total) })}
          </p>
        ) : null}
        <h1 id={headingId} tabIndex={-1} data-keep="">
          {title}
        </h1>
        <p className="quiet">
          {text('gate.version', {
            version: policy.policyVersion,
            date: formatCalendarDate(policy.effectiveFrom, language),
          })}
        </p>
        <p className="lead">{text(reasons[policy.reason])}</p>
      </div>
      {/* Placed after the heading, which takes focus when the page opens: the next press of Tab comes here. */}
      <a
        className="skip-link"
        href={`#${statementsHeadingId}`}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById(statementsHeadingId)?.focus();
        }}
      >
        {text('gate.skip')}
      </a>
      {policy.changes === undefined || policy.reason === 'first' ? null : (
        <section className="changes" aria-labelledby="changes">
          <h2 id="changes" data-keep="">
            {text('gate.changes')}
          </h2>
          <PolicyText markdown={policy.changes[language]} topHeading={3} />
        </section>
      )}
      <section ref={policyText} className="policy-text" aria-label={text('gate.text')}>
        <PolicyText
          markdown={
            state.isTextWhole
              ? policy.texts[language]
              : firstScreenful(policy.texts[language], window.innerHeight)
          }
          topHeading={2}
        />
      </section>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          model.submit();
        }}
      >
        {missing.length === 0 ? null : <ErrorSummary key={state.incompleteTries} missing={missing} />}
        <section aria-labelledby={statementsHeadingId}>
          <h2 id={statementsHeadingId} tabIndex={-1} data-keep="">
            {text('gate.statements')}
          </h2>
          {policy.statements.length === 0 ? null : <p className="quiet">{text('gate.statementsHint')}</p>}
          {policy.statements.map((statement) => (
            <StatementRow
              key={statement.id}
              id={statementControlId(statement.id)}
              statement={statement}
              ticked={draft.ticked.includes(statement.id)}
              missing={missing.some(
                (answer) => answer.kind === 'statement' && answer.statementId === statement.id,
              )}
              onToggle={model.toggleStatement}
            />
          ))}
        </section>
        {shownFields.length === 0 ? null : (
          <section aria-labelledby="details">
            <h2 id="details" data-keep="">
              {text('gate.details')}
            </h2>
            {shownFields.map((field) => (
              <TextField
                key={field}
                id={fieldControlIds[field]}
                label={text(field === 'fullName' ? 'gate.fullName' : 'gate.jobRole')}
                hint={policy.fields[field] === 'optional' ? text('gate.optional') : undefined}
                autoComplete={field === 'fullName' ? 'name' : 'organization-title'}
                value={draft[field]}
                message={messageFor(field)}
                onChange={(value) => model.setField(field, value)}
              />
            ))}
          </section>
        )}
        <div className="buttons" data-keep="">
          <button type="submit" id={acceptButtonId} className="button button-primary">
            {text('gate.accept')}
          </button>
          <button
            type="button"
            id={declineButtonId}
            className="button button-quiet"
            onClick={() => model.openDialog('decline')}
          >
            {text('gate.decline')}
          </button>
        </div>
        <p className="quiet">{text('gate.acceptHint')}</p>
      </form>
    </div>
  );
}
