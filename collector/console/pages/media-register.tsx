/** The device register: what is approved and out, what came back, and what is lost. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type MediaEntry, mediaEntryPageSchema } from '../../../shared/console/media.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { tell } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { usePagedList } from '../api/use-paged-list.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { DeviceName } from '../components/device-name.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { useWords } from '../words/words-context.tsx';

const marks = {
  approved: 'mark mark-good',
  expired: 'mark mark-limited',
  returned: 'mark',
  lost: 'mark mark-bad',
} as const;

interface Ending {
  readonly entry: MediaEntry;
  readonly how: 'returned' | 'lost';
}

function EndDialog({ entry, how, onClose }: Ending & { readonly onClose: () => void }) {
  const { text } = useWords();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => tell('POST', `/api/media/register/${encodeURIComponent(entry.entryId)}/end`, { how }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['/api/media/register'] });
      onClose();
    },
  });
  const values = { label: entry.label };
  return (
    <ConfirmDialog
      title={
        how === 'lost'
          ? text('console-media.lost.title', values)
          : text('console-media.handBack.title', values)
      }
      action={text(how === 'lost' ? 'console-media.lost.do' : 'console-media.handBack.do')}
      isBusy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      <p>{text('console-media.end.what')}</p>
    </ConfirmDialog>
  );
}

function useColumns(mayManage: boolean, onEnd: (ending: Ending) => void): readonly Column<MediaEntry>[] {
  const { text, language } = useWords();
  const endButtons = (entry: MediaEntry) => (
    <div className="row-buttons">
      {(['returned', 'lost'] as const).map((how) => (
        <button key={how} type="button" className="button button-small" onClick={() => onEnd({ entry, how })}>
          {text(how === 'lost' ? 'console-media.lost' : 'console-media.handBack')}
          <span className="visually-hidden">: {entry.label}</span>
        </button>
      ))}
    </div>
  );
  return [
    {
      id: 'device',
      heading: text('console-media.device'),
      isRowHeading: true,
      cell: (entry) => <DeviceName {...entry} name={entry.label} />,
    },
    {
      id: 'state',
      heading: text('console-media.state'),
      cell: ({ state, returnedAt }) => (
        <>
          <span className={marks[state]}>{text(`console-media.entry.${state}`)}</span>
          {returnedAt === undefined ? null : (
            <span className="second">{showMoment(returnedAt, language)}</span>
          )}
        </>
      ),
    },
    {
      id: 'issued',
      heading: text('console-media.issuedTo'),
      cell: ({ issuedTo, issuedAt }) => (
        <>
          <bdi>{issuedTo}</bdi>
          {issuedAt === undefined ? null : <span className="second">{showMoment(issuedAt, language)}</span>}
        </>
      ),
    },
    {
      id: 'expires',
      heading: text('console-media.expires'),
      cell: ({ expiresAt }) =>
        expiresAt === undefined ? text('console-media.noEnd') : showMoment(expiresAt, language),
    },
    ...(mayManage
      ? [
          {
            id: 'end',
            heading: text('console-media.end'),
            cell: (entry: MediaEntry) => (entry.returnedAt === undefined ? endButtons(entry) : null),
          },
        ]
      : []),
  ];
}

export function MediaRegister() {
  const { text } = useWords();
  const [parameters, setParameters] = useSearchParams();
  const query = { search: parameters.get('search') ?? '', state: parameters.get('state') ?? '' };
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const list = usePagedList(mediaEntryPageSchema, '/api/media/register', query);
  const [ending, setEnding] = useState<Ending>();
  const columns = useColumns(useMay('media:manage'), setEnding);
  const isFiltered = query.search !== '' || query.state !== '';
  return (
    <>
      <search className="filter" aria-label={text('console.filter')}>
        <SearchField
          label={text('console-media.search')}
          value={query.search}
          onSearch={(value) => set('search', value)}
        />
        <ChoiceField
          label={text('console-media.state')}
          value={query.state}
          choices={[
            { value: '', label: text('console-media.state.all') },
            { value: 'current', label: text('console-media.state.current') },
            { value: 'ended', label: text('console-media.state.ended') },
          ]}
          onChange={(value) => set('state', value)}
        />
      </search>
      <RefusalNotice error={list.error} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && list.rows.length === 0 ? (
        <EmptyState title={text(isFiltered ? 'console.noMatch' : 'console-media.register.none')}>
          <p>{text(isFiltered ? 'console.noMatch.do' : 'console-media.register.none.do')}</p>
        </EmptyState>
      ) : null}
      {list.rows.length > 0 ? (
        <DataTable
          caption={text('console-media.register.caption')}
          columns={columns}
          rows={list.rows}
          keyOf={({ entryId }) => entryId}
        />
      ) : null}
      <MoreRows list={list} />
      {ending === undefined ? null : <EndDialog {...ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}
