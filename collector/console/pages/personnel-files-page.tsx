/** Makes PDFs of many acknowledgements on the collector. Its progress is the collector's, so that a reload loses nothing. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { filterSchema } from '../../../shared/console/acknowledgements.ts';
import { pageAddresses } from '../../../shared/console/pages.ts';
import {
  jobFormSchema,
  jobListSchema,
  jobSchema,
  keptHours,
  type PersonnelJob,
} from '../../../shared/console/personnel-files.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, exchange, tell, withQuery } from '../api/client.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

const jobsKey = ['personnel-files'] as const;
const askAgainMs = 1000;
const hours = String(keptHours);

type Filter = PersonnelJob['filter'];

function isOpen({ state }: PersonnelJob): boolean {
  return state === 'waiting' || state === 'running';
}

/** The values of a filter in words, without their labels. */
function useFilterWords(): (filter: Filter) => string {
  const { text } = useWords();
  return ({ policyId, action, language, from, to, search, countersigned }) =>
    [
      search,
      policyId,
      action === undefined ? '' : text(`console.action.${action}`),
      language === undefined ? '' : text(language === 'cy-GB' ? 'console.welsh' : 'console.english'),
      countersigned === undefined
        ? ''
        : `${text('console-countersign.filter')}: ${text(
            countersigned === 'yes' ? 'console-countersign.filter.yes' : 'console-countersign.filter.no',
          )}`,
      from === undefined ? '' : `${text('console.from')} ${from}`,
      to === undefined ? '' : `${text('console.to')} ${to}`,
    ]
      .filter((one) => one !== undefined && one !== '')
      .join(', ');
}

function MakeForm({ filter }: { readonly filter: Filter }) {
  const { text, language } = useWords();
  const wordsOf = useFilterWords();
  const queries = useQueryClient();
  const [form, setForm] = useState<PersonnelJob['form']>('zip');
  const start = useMutation({
    mutationFn: () => exchange(jobSchema, '/api/personnel-files', { filter, form, language }),
    onSuccess: () => queries.invalidateQueries({ queryKey: jobsKey }),
  });
  const shown = wordsOf(filter);
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (!start.isPending) start.mutate();
      }}
    >
      <h2>{text('console-personnel-file.make')}</h2>
      <RefusalNotice
        error={start.error}
        sentences={{
          404: text('console-personnel-file.nothing'),
          409: text('console-personnel-file.tooMany'),
        }}
      />
      <p>
        {shown === ''
          ? text('console-personnel-file.make.all')
          : text('console-personnel-file.make.filtered', { filter: shown })}{' '}
        <Link to={withQuery(pageAddresses.acknowledgements, filter)}>
          {text('console-personnel-file.make.choose')}
        </Link>
      </p>
      <ChoiceField
        label={text('console-personnel-file.form')}
        value={form}
        choices={[
          { value: 'zip', label: text('console-personnel-file.form.zip') },
          { value: 'pdf', label: text('console-personnel-file.form.pdf') },
        ]}
        onChange={(value) => setForm(jobFormSchema.parse(value))}
      />
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={start.isPending}>
          {text('console-personnel-file.start')}
        </button>
      </div>
    </form>
  );
}

function JobState({ job }: { readonly job: PersonnelJob }) {
  const { text, language } = useWords();
  const format = new Intl.NumberFormat(language);
  const counts = { done: format.format(job.done), total: format.format(job.total) };
  const said = text(`console-personnel-file.state.${job.state}`, counts);
  if (job.state === 'running') {
    return (
      <>
        <progress value={job.done} max={job.total} aria-label={said} />
        <span className="second">{said}</span>
      </>
    );
  }
  const mark = { done: 'mark-good', waiting: 'mark-limited', cancelled: 'mark-limited' };
  const known: Readonly<Record<string, string>> = mark;
  return <span className={`mark ${known[job.state] ?? 'mark-bad'}`}>{said}</span>;
}

function useColumns(remove: (jobId: string) => void): readonly Column<PersonnelJob>[] {
  const { text, language } = useWords();
  const wordsOf = useFilterWords();
  return useMemo(() => {
    const what = ({ filter }: PersonnelJob) => {
      const shown = wordsOf(filter);
      return shown === '' ? text('console.any') : shown;
    };
    return [
      {
        id: 'what',
        heading: text('console-personnel-file.job.what'),
        isRowHeading: true,
        cell: (job) => (
          <>
            <bdi>{what(job)}</bdi>
            <span className="second">
              {text(
                job.form === 'zip' ? 'console-personnel-file.form.zip' : 'console-personnel-file.form.pdf',
              )}
            </span>
          </>
        ),
      },
      {
        id: 'state',
        heading: text('console-personnel-file.job.state'),
        cell: (job) => <JobState job={job} />,
      },
      {
        id: 'started',
        heading: text('console-personnel-file.job.started'),
        cell: (job) => showMoment(job.startedAt, language),
      },
      {
        id: 'do',
        heading: text('console-personnel-file.job.do'),
        cell: (job) => (
          <div className="buttons">
            {job.state === 'done' ? (
              <a className="button button-small" href={`/api/personnel-files/${job.jobId}/file`}>
                {text('console-personnel-file.downloadFile')}
              </a>
            ) : null}
            <button type="button" className="button button-small" onClick={() => remove(job.jobId)}>
              {text(isOpen(job) ? 'console-personnel-file.cancelJob' : 'console-personnel-file.remove')}
              <span className="visually-hidden">: {what(job)}</span>
            </button>
          </div>
        ),
      },
    ];
  }, [text, language, wordsOf, remove]);
}

export function PersonnelFilesPage() {
  const { text } = useWords();
  const [parameters] = useSearchParams();
  const queries = useQueryClient();
  const given = Object.fromEntries([...parameters].filter(([, value]) => value !== ''));
  const filter = filterSchema.safeParse(given).data ?? {};
  const jobs = useQuery({
    queryKey: jobsKey,
    queryFn: () => ask(jobListSchema, '/api/personnel-files'),
    refetchInterval: ({ state }) => (state.data?.items.some(isOpen) === true ? askAgainMs : false),
  });
  const remove = useMutation({
    mutationFn: (jobId: string) => tell('DELETE', `/api/personnel-files/${encodeURIComponent(jobId)}`),
    onSettled: () => queries.invalidateQueries({ queryKey: jobsKey }),
  });
  const columns = useColumns(remove.mutate);
  const items = jobs.data?.items ?? [];
  return (
    <>
      <PageTitle
        title={text('console-personnel-file.page')}
        intro={text('console-personnel-file.page.intro')}
      />
      <MakeForm filter={filter} />
      <RefusalNotice error={jobs.error ?? remove.error} />
      {jobs.isPending ? <Loading /> : null}
      {jobs.isSuccess && items.length === 0 ? (
        <EmptyState title={text('console-personnel-file.none')}>
          <p>{text('console-personnel-file.none.do', { hours })}</p>
        </EmptyState>
      ) : null}
      {items.length > 0 ? (
        <section>
          <DataTable
            caption={text('console-personnel-file.jobs')}
            columns={columns}
            rows={items}
            keyOf={(job) => job.jobId}
          />
          <p className="quiet">{text('console-personnel-file.kept', { hours })}</p>
        </section>
      ) : null}
    </>
  );
}
