/** The first step: the policy's text, its statements, name and role, and the two answers. */
import { type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import { formatCalendarDate, formatTimeOfDay } from '../../shared/i18n/format-date.ts';
import type { ShownPolicy } from '../../shared/ipc/gate.ts';
import { type AnswerField, answerFields, findMissingAnswers } from '../../shared/policy/missing-answers.ts';
import { countWords, pageText, readingMinutes } from '../../shared/policy/reading.ts';
import { PolicyText } from '../components/policy-text.tsx';
import { useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { ActionBar } from './action-bar.tsx';
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
import { SectionLinks } from './section-links.tsx';
import { StatementRow } from './statement-row.tsx';
import { TextField } from './text-field.tsx';
import { useKeptPlace } from './use-kept-place.ts';
import { useReadShare } from './use-read-share.ts';
import { useSpeech } from './use-speech.ts';

const reasons = {
  first: 'gate.reason.first',
  material: 'gate.reason.material',
  renewal: 'gate.reason.renewal',
  'every-login': 'gate.reason.everyLogin',
} as const satisfies Record<ShownPolicy['reason'], string>;

/** The form that the pinned *I accept* submits. */
const formId = 'answers';

interface Props {
  readonly model: GateModel;
  readonly state: GateModelState;
  readonly screen: PolicyScreen;
}

export function PolicyStep({ model, state, screen }: Props) {
  const { text, language } = useTranslator();
  const { policy } = screen;
  const page = useRef<HTMLDivElement>(null);
  const policyText = useRef<HTMLElement>(null);
  useDocumentTitle(policy.title[language]);
  useKeptPlace(page, language);
  useReadShare(policyText, state.isTextWhole ? model.noteReadShare : undefined);
  const isShort = policy.acceptedTodayAt !== undefined;

  return (
    <div ref={page}>
      <div className="policy-page">
        <Head screen={screen} />
        {isShort ? null : (
          <SectionLinks
            text={policyText}
            markdown={policy.texts[language]}
            pageWidth={state.pageSize.width}
          />
        )}
        {policy.changes === undefined || policy.reason === 'first' ? null : (
          <section className="changes" aria-labelledby="changes">
            <h2 id="changes" data-keep="">
              {text('gate.changes')}
            </h2>
            <PolicyText markdown={policy.changes[language]} topHeading={3} />
          </section>
        )}
        {isShort ? (
          <details className="whole-text">
            <summary>{text('gate.short.show')}</summary>
            <Text policy={policy} text={policyText} />
          </details>
        ) : (
          <Text
            policy={policy}
            text={policyText}
            {...(state.isTextWhole ? {} : { pageHeight: state.pageSize.height })}
          />
        )}
        <Answers model={model} state={state} policy={policy} />
      </div>
      <ActionBar note={isShort ? undefined : <ReadShare share={state.readShare} />}>
        <button type="submit" form={formId} id={acceptButtonId} className="button button-primary">
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
      </ActionBar>
    </div>
  );
}

function Head({ screen: { policy, position } }: { readonly screen: PolicyScreen }) {
  const { text, counted, language } = useTranslator();
  const whole = pageText(policy, policy.texts[language], language);
  const minutes = useMemo(
    () => readingMinutes(countWords(whole), policy.wording ?? 'policy'),
    [whole, policy.wording],
  );
  const speech = useSpeech(language);
  const { acceptedTodayAt } = policy;
  return (
    <div className="screen-head">
      {position.total > 1 ? (
        <p className="eyebrow">
          {text('gate.position', { index: String(position.index), total: String(position.total) })}
        </p>
      ) : null}
      <h1 id={headingId} tabIndex={-1} data-keep="">
        {policy.title[language]}
      </h1>
      <p className="quiet">
        {text('gate.version', {
          version: policy.policyVersion,
          date: formatCalendarDate(policy.effectiveFrom, language),
        })}
      </p>
      <p className="length">
        {acceptedTodayAt === undefined ? `${counted('gate.length.minutes', minutes)} · ` : null}
        {counted('gate.length.statements', policy.statements.length)}
      </p>
      <div className="head-links">
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
        {speech.isAvailable ? (
          <button
            type="button"
            className="button button-small"
            onClick={() =>
              speech.toggle(
                whole
                  .replaceAll(/[#*_`]/gu, '')
                  .split(/\n+/u)
                  .filter(hasWords),
              )
            }
          >
            {text(speech.isSpeaking ? 'gate.readAloud.stop' : 'gate.readAloud')}
          </button>
        ) : null}
      </div>
      <p className="lead">{text(reasons[policy.reason])}</p>
      {acceptedTodayAt === undefined ? null : (
        <p>{text('gate.short.again', { time: formatTimeOfDay(acceptedTodayAt) })}</p>
      )}
    </div>
  );
}

/** How much of the text has been on the screen: a line, and the words that say what the line is. */
function ReadShare({ share }: { readonly share: number }) {
  const { text } = useTranslator();
  const done = useRef<HTMLDivElement>(null);
  // Not as an attribute: the security policy of the page takes no style from a drawn screen.
  useLayoutEffect(() => {
    if (done.current !== null) done.current.style.transform = `scaleX(${share})`;
  }, [share]);
  return (
    <>
      <p>{text('gate.seen', { share: String(Math.round(share * 100)) })}</p>
      <div className="read-line" aria-hidden="true">
        <div ref={done} className="read-line-done" />
      </div>
    </>
  );
}

function hasWords(passage: string): boolean {
  return countWords(passage) > 0;
}

interface TextProps {
  readonly policy: ShownPolicy;
  readonly text: RefObject<HTMLElement | null>;
  /** Shows only what fills a page of this height; absent: the whole text. */
  readonly pageHeight?: number;
}

function Text({ policy, text, pageHeight }: TextProps) {
  const words = useTranslator();
  const markdown = policy.texts[words.language];
  return (
    <section ref={text} className="policy-text" aria-label={words.text('gate.text')}>
      <PolicyText
        markdown={pageHeight === undefined ? markdown : firstScreenful(markdown, pageHeight)}
        topHeading={2}
      />
    </section>
  );
}

interface AnswersProps {
  readonly model: GateModel;
  readonly state: GateModelState;
  readonly policy: ShownPolicy;
}

function Answers({ model, state, policy }: AnswersProps) {
  const { text } = useTranslator();
  const { draft } = state;
  const missing = state.tried ? findMissingAnswers(policy, draft) : [];
  const messageFor = (field: AnswerField): string | undefined =>
    missing.some(({ kind }) => kind === field)
      ? text(field === 'fullName' ? 'gate.error.fullName' : 'gate.error.jobRole')
      : undefined;
  const shownFields = answerFields.filter((field) => policy.fields[field] !== 'hidden');
  const areAllNeeded = policy.statements.every(({ required }) => required);
  return (
    <form
      id={formId}
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
        {policy.statements.length === 0 ? null : (
          <p className="quiet">
            {text(areAllNeeded ? 'gate.statementsHint' : 'gate.statementsHint.optional')}
          </p>
        )}
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
      <p className="quiet accept-hint">{text('gate.acceptHint')}</p>
    </form>
  );
}
