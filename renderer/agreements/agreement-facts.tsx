/** The facts of one acceptance: when, which version, in which language, by whom, and whether the school has it. */
import { formatCalendarDate, formatMoment } from '../../shared/i18n/format-date.ts';
import type { Translator } from '../../shared/i18n/translator.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

type Agreement = StateOf<AgreementsContract>['agreements'][number];

const languageNames = { 'en-GB': 'language.english', 'cy-GB': 'language.welsh' } as const;

/** When the gate asks again, in words; empty if that is not known. */
function againWords({ askedAgain }: Agreement, { text, language }: Translator): string {
  if (askedAgain === undefined) return '';
  if (askedAgain.rule === 'on') {
    return text('agreements.askedAgain.on', { date: formatCalendarDate(askedAgain.date, language) });
  }
  return text(askedAgain.rule === 'once' ? 'agreements.askedAgain.once' : 'agreements.askedAgain.everyLogin');
}

interface Props {
  readonly agreement: Agreement;
  /** Given on the sheet, which is read without the list around it. */
  readonly siteName?: string;
}

export function AgreementFacts({ agreement, siteName }: Props) {
  const translator = useTranslator();
  const { text, language } = translator;
  const rows = [
    [text('agreements.school'), siteName ?? ''],
    [text('agreements.accepted'), formatMoment(agreement.decidedAt, language)],
    [text('agreements.askedAgain'), againWords(agreement, translator)],
    [text('agreements.version'), agreement.policyVersion],
    [text('agreements.language'), text(languageNames[agreement.language])],
    [text('agreements.fullName'), agreement.fullName],
    [text('agreements.jobRole'), agreement.jobRole],
  ] as const;
  const mark = agreement.elsewhere
    ? 'agreements.elsewhere'
    : agreement.delivered
      ? 'agreements.delivered'
      : 'agreements.waiting';
  return (
    <>
      <dl className="facts">
        {rows
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <p className={agreement.delivered ? 'mark mark-good' : 'mark mark-waiting'}>{text(mark)}</p>
      {agreement.confirmation === undefined ? null : (
        <p>
          {text('agreements.confirmed', { date: formatMoment(agreement.confirmation.receivedAt, language) })}
        </p>
      )}
    </>
  );
}
