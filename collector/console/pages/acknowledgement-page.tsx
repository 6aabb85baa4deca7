/** One acknowledgement: who answered, the exact text, and what proves it, in plain words. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { PolicyText } from '../../../renderer/components/policy-text.tsx';
import { type AcknowledgementRecordView, recordSchema } from '../../../shared/console/acknowledgements.ts';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, withQuery } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { AnswerMark } from '../components/answer-mark.tsx';
import { Facts } from '../components/facts.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RecordCountersignatures } from '../components/record-countersignatures.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

function Proof({ record }: { readonly record: AcknowledgementRecordView }) {
  const { text, language } = useWords();
  const { log } = record;
  return (
    <section>
      <h2>{text('console.proof')}</h2>
      <ul className="proof">
        <li className={record.signature === 'valid' ? 'mark mark-good' : 'mark mark-bad'}>
          {text(`console.proof.signature.${record.signature}`)}
        </li>
        <li
          className={
            { included: 'mark mark-good', waiting: 'mark mark-limited', broken: 'mark mark-bad' }[log.state]
          }
        >
          {log.state === 'included'
            ? text('console.proof.included', {
                leaf: new Intl.NumberFormat(language).format(log.leaf + 1),
                size: new Intl.NumberFormat(language).format(log.size),
              })
            : text(log.state === 'waiting' ? 'console.proof.waiting' : 'console.proof.broken')}
        </li>
        <li className={record.text === undefined ? 'mark mark-limited' : 'mark mark-good'}>
          {text(record.text === undefined ? 'console.proof.noText' : 'console.proof.text')}
        </li>
      </ul>
      <Facts
        facts={[
          [text('console.record'), <code key="id">{record.eventId}</code>],
          [text('console.textHash'), <code key="hash">{record.textSha256}</code>],
        ]}
      />
    </section>
  );
}

function Record({ record }: { readonly record: AcknowledgementRecordView }) {
  const { text, language } = useWords();
  const mayExport = useMay('acknowledgements:export');
  const files = `/api/acknowledgements/${encodeURIComponent(record.eventId)}`;
  const name = record.fullName === '' ? record.account : record.fullName;
  const title = record.policyTitle?.[language] ?? record.policyId;
  return (
    <>
      <PageTitle title={name} intro={title}>
        <div className="buttons no-print">
          <button type="button" className="button" onClick={() => window.print()}>
            {text('console.print')}
          </button>
          {mayExport ? (
            <>
              <a className="button" href={withQuery(`${files}/personnel-file`, { lang: language })}>
                {text('console-personnel-file.download')}
              </a>
              {record.log.state === 'included' ? (
                <a className="button" href={`${files}/evidence`}>
                  {text('console-personnel-file.bundle')}
                </a>
              ) : null}
            </>
          ) : null}
        </div>
      </PageTitle>
      <Facts
        facts={[
          [text('console.answer'), <AnswerMark key="answer" row={record} />],
          [text('console.when'), showMoment(record.decidedAt, language)],
          [text('console.jobRole'), <bdi key="role">{record.jobRole}</bdi>],
          [text('console.account'), <bdi key="account">{record.account}</bdi>],
          [text('console.pc'), <bdi key="pc">{record.hostname}</bdi>],
          [text('console.version'), record.policyVersion],
          [text('console.shownIn'), text(record.language === 'cy-GB' ? 'console.welsh' : 'console.english')],
          [text('console.received'), showMoment(record.receivedAt, language)],
        ]}
      />
      <Proof record={record} />
      <RecordCountersignatures record={record} />
      <section>
        <h2>{text('console.statements')}</h2>
        {record.statements.length === 0 ? <p className="quiet">{text('console.noStatements')}</p> : null}
        <ul className="statements" lang={record.language}>
          {record.statements.map((statement) => (
            <li key={statement.text} className={statement.ticked ? 'mark mark-good' : 'mark'}>
              {statement.text}
              <span className="visually-hidden" lang={language}>
                {' '}
                ({text(statement.ticked ? 'console.ticked' : 'console.notTicked')})
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{text('console.exactText')}</h2>
        {record.text === undefined ? (
          <p>{text('console.exactText.missing')}</p>
        ) : (
          <div className="policy-text" lang={record.language}>
            <PolicyText markdown={record.text} topHeading={3} />
          </div>
        )}
      </section>
    </>
  );
}

export function AcknowledgementPage() {
  const { text } = useWords();
  const { eventId = '' } = useParams();
  const record = useQuery({
    queryKey: ['acknowledgement', eventId],
    queryFn: () => ask(recordSchema, `/api/acknowledgements/${encodeURIComponent(eventId)}`),
    // The log takes a new record within seconds.
    refetchInterval: ({ state }) =>
      [state.data, ...(state.data?.countersignatures ?? [])].some((one) => one?.log.state === 'waiting')
        ? 3000
        : false,
  });
  return (
    <article>
      <p className="no-print">
        <Link to={pageAddresses.acknowledgements}>{text('console.toAcknowledgements')}</Link>
      </p>
      {record.isPending ? <Loading /> : null}
      <RefusalNotice error={record.error} />
      {record.data === undefined ? null : <Record record={record.data} />}
    </article>
  );
}
