/** The facts of one acceptance: when, which version, in which language, by whom, and whether the school has it. */
import { formatMoment } from '../../shared/i18n/format-date.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

type Agreement = StateOf<AgreementsContract>['agreements'][number];

const languageNames = { 'en-GB': 'language.english', 'cy-GB': 'language.welsh' } as const;

interface Props {
  readonly agreement: Agreement;
  /** Given on the sheet, which is read without the list around it. */
  readonly siteName?: string;
}

export function AgreementFacts({ agreement, siteName }: Props) {
  const { text, language } = useTranslator();
  const isSheet = siteName !== undefined;
  const rows = [
    [text('agreements.school'), siteName ?? ''],
    [text('agreements.accepted'), formatMoment(agreement.decidedAt, language)],
    [text('agreements.version'), agreement.policyVersion],
    [text('agreements.language'), text(languageNames[agreement.language])],
    [text('agreements.fullName'), agreement.fullName],
    [text('agreements.jobRole'), agreement.jobRole],
    [text('agreements.hash'), isSheet ? agreement.textSha256 : ''],
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
    </>
  );
}
