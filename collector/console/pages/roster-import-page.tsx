/** Imports the school's list of people: the file, what its columns hold, what would change, and the import. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Link } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import {
  importStateSchema,
  mostRosterBytes,
  type RosterFile,
  type RosterPreview,
  rosterPreviewSchema,
} from '../../../shared/console/people.ts';
import { ask, exchange } from '../api/client.ts';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { RosterChanges } from '../components/roster-changes.tsx';
import { RosterColumns } from '../components/roster-columns.tsx';
import { RosterErrors } from '../components/roster-errors.tsx';
import { useWords } from '../words/words-context.tsx';

const stateKey = ['roster-import'] as const;

/** In base64, as the collector takes it. */
async function readFile(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const chunks: string[] = [];
  for (let start = 0; start < bytes.length; start += 0x8000) {
    chunks.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  }
  return btoa(chunks.join(''));
}

/** The import goes on when the page is closed; a page that is opened later shows how far it is. */
function Progress() {
  const { text } = useWords();
  const id = useId();
  const { data } = useQuery({
    queryKey: stateKey,
    queryFn: () => ask(importStateSchema, '/api/roster/import'),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 500 : false),
  });
  if (data === undefined || data.state === 'none') return null;
  if (data.state === 'failed') {
    return (
      <p className="mark mark-bad" role="status">
        {text('console-people.failed')}
      </p>
    );
  }
  if (data.state === 'done') {
    return (
      <p className="mark mark-good" role="status">
        {text('console-people.done')} <Link to={pageAddresses.people}>{text('console-people.toPeople')}</Link>
      </p>
    );
  }
  const shown = { done: String(data.done), total: String(data.total) };
  return (
    <div role="status">
      <label htmlFor={id}>{text('console-people.running', shown)}</label>
      <progress id={id} value={data.done} max={Math.max(1, data.total)} />
    </div>
  );
}

function ChooseFile({ onChoose }: { onChoose(content: string): void }) {
  const { text } = useWords();
  const id = useId();
  const [problem, setProblem] = useState<'too-large' | 'unreadable'>();
  return (
    <div className={problem === undefined ? 'answer' : 'answer answer-missing'}>
      <label className="field-label" htmlFor={id}>
        {text('console-people.file')}
      </label>
      <p className="quiet hint" id={`${id}-hint`}>
        {text('console-people.file.hint')}
      </p>
      {problem === undefined ? null : (
        <p className="message" role="alert">
          {text(problem === 'too-large' ? 'console-people.file.tooLarge' : 'console-people.file.unreadable')}
        </p>
      )}
      <input
        id={id}
        className="field"
        type="file"
        accept=".csv,.txt,.tsv,text/csv"
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file === undefined) return;
          setProblem(file.size > mostRosterBytes ? 'too-large' : undefined);
          if (file.size > mostRosterBytes) return;
          readFile(file).then(onChoose, () => setProblem('unreadable'));
        }}
      />
    </div>
  );
}

function Preview({
  file,
  preview,
  onChange,
  onImported,
}: {
  readonly file: RosterFile;
  readonly preview: RosterPreview;
  onChange(file: RosterFile): void;
  onImported(): void;
}) {
  const { text } = useWords();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      exchange(importStateSchema, '/api/roster/import', { ...file, fingerprint: preview.fingerprint }),
    onSuccess: (state) => {
      queries.setQueryData(stateKey, state);
      onImported();
    },
  });
  const isNothing = preview.added + preview.changed + preview.left === 0;
  return (
    <>
      <p className="quiet" role="status">
        {text('console-people.read', { encoding: preview.encoding })}{' '}
        {preview.isOneRoster ? text('console-people.oneRoster') : ''}
      </p>
      <RosterColumns file={file} preview={preview} onChange={onChange} />
      <RosterErrors preview={preview} />
      <RosterChanges preview={preview} />
      <RefusalNotice error={start.error} sentences={{ 409: text('console-people.stale') }} />
      <div className="buttons">
        <button
          type="button"
          className="button button-primary"
          aria-disabled={isNothing || start.isPending}
          onClick={() => {
            if (!isNothing && !start.isPending) start.mutate();
          }}
        >
          {text('console-people.confirm')}
        </button>
      </div>
    </>
  );
}

export function RosterImportPage() {
  const { text } = useWords();
  const [file, setFile] = useState<RosterFile>();
  const preview = useQuery({
    queryKey: ['roster-preview', file],
    queryFn: () => exchange(rosterPreviewSchema, '/api/roster/preview', file),
    enabled: file !== undefined,
    // The file before stays on the screen while a change is previewed.
    placeholderData: (before) => before,
    gcTime: 0,
  });
  return (
    <>
      <p className="no-print">
        <Link to={pageAddresses.people}>{text('console-people.toPeople')}</Link>
      </p>
      <PageTitle title={text('console-people.import')} intro={text('console-people.import.intro')} />
      <Progress />
      <ChooseFile onChoose={(content) => setFile({ content })} />
      <RefusalNotice error={preview.error} />
      {file === undefined || preview.data === undefined ? null : (
        <Preview
          file={file}
          preview={preview.data}
          onChange={setFile}
          onImported={() => setFile(undefined)}
        />
      )}
    </>
  );
}
