/** Enrolment: tokens, what to give to the PCs, downloads, and the code for a stuck gate. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Notice } from '../../../renderer/components/notice.tsx';
import { type Enrolment, enrolmentSchema, type IssuedToken } from '../../../shared/console/enrolment.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask } from '../api/client.ts';
import { CopyLine } from '../components/copy-line.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';
import { BreakGlassPanel } from './break-glass-panel.tsx';
import { TokenForm, TokenTable } from './token-parts.tsx';

const enrolmentKey = ['enrolment'] as const;

/** The newest MSI that PCs with an x64 processor take. */
function installerFor({ installers, version }: Enrolment): string {
  const found = installers.find(({ name }) => name.endsWith('.msi') && !name.includes('arm64'));
  return found?.name ?? `porthor-${version}.msi`;
}

function IssuedPanel({ enrolment, issued }: { readonly enrolment: Enrolment; readonly issued: IssuedToken }) {
  const { text, language } = useWords();
  const { collectorUrl } = enrolment;
  const values = { collectorUrl, enrolmentToken: issued.token };
  return (
    <section className="issued" role="status">
      <h2>{text('console-enrolment.issued')}</h2>
      <p>
        {text('console-enrolment.issued.once')}{' '}
        {issued.expiresAt === undefined
          ? ''
          : text('console-enrolment.issued.until', { until: showMoment(issued.expiresAt, language) })}
      </p>
      <CopyLine label={text('console-enrolment.token')} value={issued.token} />
      <CopyLine
        label={text('console-enrolment.issued.msi')}
        value={`msiexec /i ${installerFor(enrolment)} /qn /norestart COLLECTORURL=${collectorUrl} ENROLMENTTOKEN=${issued.token}`}
      />
      <p className="field-label">{text('console-enrolment.issued.policy')}</p>
      <p>{text('console-enrolment.issued.policy.how')}</p>
      <DataTable
        caption={text('console-enrolment.issued.policy')}
        columns={[
          {
            id: 'setting',
            heading: text('console-enrolment.setting'),
            isRowHeading: true,
            cell: ([name]) => <code>{name}</code>,
          },
          {
            id: 'value',
            heading: text('console-enrolment.value'),
            cell: ([, value]) => <code className="long">{value}</code>,
          },
        ]}
        rows={Object.entries(values)}
        keyOf={([name]) => name}
      />
      <CopyLine label={text('console-enrolment.issued.file')} value={JSON.stringify(values)} />
    </section>
  );
}

function Downloads({ enrolment }: { readonly enrolment: Enrolment }) {
  const { text, language } = useWords();
  const megabytes = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return (
    <section>
      <h2>{text('console-enrolment.files')}</h2>
      {enrolment.installers.length === 0 ? (
        <p>{text('console-enrolment.files.none', { folder: enrolment.installerFolder })}</p>
      ) : (
        <DataTable
          caption={text('console-enrolment.files.caption')}
          columns={[
            {
              id: 'name',
              heading: text('console-enrolment.files.name'),
              isRowHeading: true,
              cell: ({ name }) => (
                <a href={`/api/enrolment/installers/${encodeURIComponent(name)}`} download>
                  {name}
                </a>
              ),
            },
            {
              id: 'size',
              heading: text('console-enrolment.files.size'),
              isNumber: true,
              cell: ({ sizeBytes }) => megabytes.format(sizeBytes / 1_000_000),
            },
            {
              id: 'hash',
              heading: text('console-enrolment.files.hash'),
              cell: ({ sha256 }) => <code className="long">{sha256}</code>,
            },
          ]}
          rows={enrolment.installers}
          keyOf={({ name }) => name}
        />
      )}
      <p className="after-table">
        <a href="/api/enrolment/templates.zip" download>
          {text('console-enrolment.files.templates')}
        </a>
        <span className="second">{text('console-enrolment.files.templates.how')}</span>
      </p>
    </section>
  );
}

export function EnrolmentPage() {
  const { text } = useWords();
  const enrolment = useQuery({
    queryKey: enrolmentKey,
    queryFn: () => ask(enrolmentSchema, '/api/enrolment'),
  });
  const [issued, setIssued] = useState<IssuedToken>();
  const { data } = enrolment;
  return (
    <>
      <PageTitle title={text('console-enrolment.title')} intro={text('console-enrolment.intro')} />
      <RefusalNotice error={enrolment.error} />
      {enrolment.isPending ? <Loading /> : null}
      {data === undefined ? null : (
        <>
          {data.isTrusted ? null : (
            <Notice title={text('console-enrolment.notTrusted.title')}>
              <p>
                <code>{data.collectorUrl}</code>
              </p>
              <p>{text('console-enrolment.notTrusted.do')}</p>
            </Notice>
          )}
          {issued === undefined ? null : <IssuedPanel enrolment={data} issued={issued} />}
          <TokenTable tokens={data.tokens} />
          <TokenForm onIssued={setIssued} />
          <Downloads enrolment={data} />
          <BreakGlassPanel />
        </>
      )}
    </>
  );
}
