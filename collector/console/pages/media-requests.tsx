/** Requests for approval, answered in one click or with conditions. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type MediaRequest, mediaRequestListSchema } from '../../../shared/console/media.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, tell } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { DeviceName } from '../components/device-name.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';
import { ApproveDialog, RefuseDialog } from './media-request-dialogs.tsx';
import { mediaSentences } from './media-words.ts';

const requestsKey = ['media-requests'] as const;
/** A person waits for the answer, so new requests appear by themselves. */
const askAgainMs = 20_000;

interface Answering {
  readonly request: MediaRequest;
  readonly how: 'conditions' | 'refuse';
}

function Answer({ request }: { readonly request: MediaRequest }) {
  const { text, language } = useWords();
  const when = request.decidedAt === undefined ? '' : showMoment(request.decidedAt, language);
  return (
    <>
      <span className={request.decision === 'approved' ? 'mark mark-good' : 'mark mark-bad'}>
        {text(request.decision === 'approved' ? 'console-media.approved' : 'console-media.refused')}
      </span>
      <bdi className="second">
        {request.decidedBy === ''
          ? when
          : text('console-media.answeredBy', { name: request.decidedBy, when })}
      </bdi>
      {request.decisionReason === '' ? null : <bdi className="second">{request.decisionReason}</bdi>}
    </>
  );
}

interface ButtonsProps {
  readonly request: MediaRequest;
  onApprove(): void;
  onAnswer(how: Answering['how']): void;
}

function AnswerButtons({ request, onApprove, onAnswer }: ButtonsProps) {
  const { text } = useWords();
  if (request.approvable === 'never') {
    return (
      <>
        <span className="second">{text('console-media.never')}</span>
        <button type="button" className="button button-small" onClick={() => onAnswer('refuse')}>
          {text('console-media.refuse')}
        </button>
      </>
    );
  }
  const about = <span className="visually-hidden">: {request.deviceName}</span>;
  return (
    <div className="row-buttons">
      {request.approvable === 'serial' ? (
        <button type="button" className="button button-small button-primary" onClick={onApprove}>
          {text('console-media.approve')}
          {about}
        </button>
      ) : null}
      <button type="button" className="button button-small" onClick={() => onAnswer('conditions')}>
        {text('console-media.conditions')}
        {about}
      </button>
      <button type="button" className="button button-small" onClick={() => onAnswer('refuse')}>
        {text('console-media.refuse')}
        {about}
      </button>
    </div>
  );
}

function useColumns(
  mayManage: boolean,
  onApprove: (request: MediaRequest) => void,
  onAnswer: (answering: Answering) => void,
): readonly Column<MediaRequest>[] {
  const { text, language } = useWords();
  return [
    {
      id: 'device',
      heading: text('console-media.device'),
      isRowHeading: true,
      cell: (request) => <DeviceName {...request} name={request.deviceName} />,
    },
    {
      id: 'request',
      heading: text('console-media.request'),
      cell: (request) => (
        <>
          <bdi className="long">{request.reason}</bdi>
          <bdi className="second">
            {text('console-media.on', { account: request.account, pc: request.hostname })}
          </bdi>
          <span className="second">{showMoment(request.requestedAt, language)}</span>
        </>
      ),
    },
    {
      id: 'encryption',
      heading: text('console-media.encryption'),
      cell: ({ encryption }) => text(`console-media.verdict.${encryption}`),
    },
    {
      id: 'answer',
      heading: text('console-media.answer'),
      cell: (request) =>
        request.decision !== 'open' ? (
          <Answer request={request} />
        ) : mayManage ? (
          <AnswerButtons
            request={request}
            onApprove={() => onApprove(request)}
            onAnswer={(how) => onAnswer({ request, how })}
          />
        ) : null,
    },
  ];
}

export function MediaRequests() {
  const words = useWords();
  const { text } = words;
  const queries = useQueryClient();
  const mayManage = useMay('media:manage');
  const [answering, setAnswering] = useState<Answering>();
  const [hasAnswered, setAnswered] = useState(false);
  const list = useQuery({
    queryKey: requestsKey,
    queryFn: () => ask(mediaRequestListSchema, '/api/media/requests'),
    refetchInterval: askAgainMs,
  });
  const settle = async () => {
    setAnswering(undefined);
    setAnswered(true);
    await queries.invalidateQueries({ queryKey: requestsKey });
  };
  const approve = useMutation({
    mutationFn: ({ eventId, deviceName }: MediaRequest) =>
      tell('POST', `/api/media/requests/${encodeURIComponent(eventId)}/approve`, {
        label: deviceName,
        issuedTo: '',
        until: null,
        wholeModel: false,
        reason: '',
      }),
    onSuccess: settle,
  });
  const columns = useColumns(
    mayManage,
    (request) => {
      if (!approve.isPending) approve.mutate(request);
    },
    setAnswering,
  );
  const items = list.data?.items ?? [];
  return (
    <>
      <RefusalNotice error={list.error} />
      <RefusalNotice error={approve.error} sentences={mediaSentences(approve.error, words)} />
      <p className="status quiet" role="status">
        {hasAnswered ? text('console-media.soon') : ''}
      </p>
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && items.length === 0 ? (
        <EmptyState title={text('console-media.requests.none')}>
          <p>{text('console-media.requests.none.do')}</p>
        </EmptyState>
      ) : null}
      {items.length > 0 ? (
        <DataTable
          caption={text('console-media.requests.caption')}
          columns={columns}
          rows={items}
          keyOf={({ eventId }) => eventId}
        />
      ) : null}
      {answering?.how === 'conditions' ? (
        <ApproveDialog request={answering.request} onDone={settle} onClose={() => setAnswering(undefined)} />
      ) : null}
      {answering?.how === 'refuse' ? (
        <RefuseDialog request={answering.request} onDone={settle} onClose={() => setAnswering(undefined)} />
      ) : null}
    </>
  );
}
