/** One version of a policy as the gate shows it, both languages side by side, and what changed since the one before. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { PolicyText } from '../../../renderer/components/policy-text.tsx';
import { type PolicyTextView, policyTextSchema } from '../../../shared/console/policies.ts';
import { formatCalendarDate } from '../../../shared/i18n/format-date.ts';
import { languages } from '../../../shared/lib/language.ts';
import { ask } from '../api/client.ts';
import { Facts } from '../components/facts.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

const nameKeys = { 'en-GB': 'console.english', 'cy-GB': 'console.welsh' } as const;
const missingKeys = {
  'en-GB': 'console-policies.missing.en-GB',
  'cy-GB': 'console-policies.missing.cy-GB',
} as const;

function SideBySide({ parts }: Pick<PolicyTextView, 'parts'>) {
  const { text, counted } = useWords();
  const gaps = parts.filter((part) => languages.some((one) => part[one] === undefined)).length;
  return (
    <section>
      <h2>{text('console-policies.text')}</h2>
      <p className="quiet">{text('console-policies.text.why')}</p>
      <p className={gaps === 0 ? 'mark mark-good' : 'mark mark-limited'}>
        {gaps === 0 ? text('console-policies.noGaps') : counted('console-policies.gaps', gaps)}
      </p>
      <div className="side-by-side">
        {languages.map((language) => (
          <p key={language} className="field-label">
            {text(nameKeys[language])}
          </p>
        ))}
        {parts.flatMap((part, index) =>
          languages.map((language) => {
            const markdown = part[language];
            const key = `${index} ${language}`;
            return markdown === undefined ? (
              <p key={key} className="message">
                {text(missingKeys[language])}
              </p>
            ) : (
              <div key={key} className="policy-text" lang={language}>
                <PolicyText markdown={markdown} topHeading={3} />
              </div>
            );
          }),
        )}
      </div>
    </section>
  );
}

function Changes({ changes }: { readonly changes: NonNullable<PolicyTextView['changes']> }) {
  const { text, language } = useWords();
  const parts = changes.parts[language].filter(({ kind }) => kind !== 'same');
  return (
    <section>
      <h2>{text('console-policies.changes', { version: changes.since })}</h2>
      {parts.length === 0 ? <p>{text('console-policies.changes.none')}</p> : null}
      <ul className="changes">
        {parts.map(({ kind, markdown }) => (
          <li key={`${kind} ${markdown}`} className={kind}>
            <strong>{text(kind === 'added' ? 'console-policies.added' : 'console-policies.removed')}</strong>
            <div className="policy-text">
              <PolicyText markdown={markdown} topHeading={3} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Policy({ policy }: { readonly policy: PolicyTextView }) {
  const { text, language } = useWords();
  return (
    <>
      <PageTitle
        title={policy.title[language]}
        intro={`${text('console.version')} ${policy.version}, ${policy.policyId}`}
      >
        <button type="button" className="button no-print" onClick={() => window.print()}>
          {text('console.print')}
        </button>
      </PageTitle>
      <Facts
        facts={[
          [text('console-policies.from'), formatCalendarDate(policy.effectiveFrom, language)],
          [text('console-policies.audiences'), policy.audiences.join(', ')],
          [
            text('console-policies.state'),
            text(policy.material ? 'console-policies.material' : 'console-policies.notMaterial'),
          ],
        ]}
      />
      {policy.changes === undefined ? (
        <p className="quiet">{text('console-policies.changes.first')}</p>
      ) : (
        <Changes changes={policy.changes} />
      )}
      <section>
        <h2>{text('console.statements')}</h2>
        {policy.statements.length === 0 ? <p className="quiet">{text('console.noStatements')}</p> : null}
        <ul>
          {policy.statements.map((statement) => (
            <li key={statement.id}>
              {languages.map((one) => (
                <p key={one} lang={one}>
                  {statement.text[one]}
                </p>
              ))}
              {statement.required ? (
                <span className="second">{text('console-policies.required')}</span>
              ) : null}
            </li>
          ))}
        </ul>
      </section>
      <SideBySide parts={policy.parts} />
    </>
  );
}

export function PolicyPage() {
  const { text } = useWords();
  const { policyId = '', version = '' } = useParams();
  const policy = useQuery({
    queryKey: ['policy', policyId, version],
    queryFn: () =>
      ask(policyTextSchema, `/api/policies/${encodeURIComponent(policyId)}/${encodeURIComponent(version)}`),
  });
  return (
    <article>
      <p className="no-print">
        <Link to="/policies">{text('console-policies.toPolicies')}</Link>
      </p>
      {policy.isPending ? <Loading /> : null}
      <RefusalNotice error={policy.error} sentences={{ 503: text('console-policies.unreadable') }} />
      {policy.data === undefined ? null : <Policy policy={policy.data} />}
    </article>
  );
}
