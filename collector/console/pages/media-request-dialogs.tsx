/** The answer to one request: approval with conditions, or a refusal with its reason. */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { Dialog } from '../../../renderer/components/dialog.tsx';
import type { MediaRequest } from '../../../shared/console/media.ts';
import { maxReasonCharacters } from '../../../shared/wire/media.ts';
import { tell } from '../api/client.ts';
import { DateField } from '../components/date-field.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';
import { mediaSentences } from './media-words.ts';

interface Props {
  readonly request: MediaRequest;
  onDone(): Promise<void>;
  onClose(): void;
}

interface FrameProps extends Pick<Props, 'onClose'> {
  readonly title: string;
  readonly action: string;
  readonly isDangerous: boolean;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly children: ReactNode;
  onAnswer(): void;
}

function AnswerFrame({ title, action, isDangerous, isBusy, error, children, onAnswer, onClose }: FrameProps) {
  const words = useWords();
  const closeId = useId();
  const bodyId = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      initialFocusId={closeId}
      describedBy={[bodyId]}
      aside={null}
      actions={
        <>
          <button
            type="button"
            className={isDangerous ? 'button button-danger' : 'button button-primary'}
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) onAnswer();
            }}
          >
            {action}
          </button>
          <button type="button" className="button" id={closeId} onClick={onClose}>
            {words.text('console.cancel')}
          </button>
        </>
      }
    >
      <RefusalNotice error={error} sentences={mediaSentences(error, words)} />
      <div id={bodyId}>{children}</div>
    </Dialog>
  );
}

function ReasonField({
  reason,
  onChange,
}: {
  readonly reason: string;
  readonly onChange: (reason: string) => void;
}) {
  const { text } = useWords();
  return (
    <TextField
      label={text('console-media.reason')}
      hint={text('console-media.reason.hint')}
      value={reason}
      onChange={onChange}
      maxLength={maxReasonCharacters}
      autoComplete="off"
    />
  );
}

export function RefuseDialog({ request, onDone, onClose }: Props) {
  const { text } = useWords();
  const [reason, setReason] = useState('');
  const refuse = useMutation({
    mutationFn: () =>
      tell('POST', `/api/media/requests/${encodeURIComponent(request.eventId)}/refuse`, { reason }),
    onSuccess: onDone,
  });
  return (
    <AnswerFrame
      title={text('console-media.refuse.title')}
      action={text('console-media.refuse.do')}
      isDangerous
      isBusy={refuse.isPending}
      error={refuse.error}
      onAnswer={() => refuse.mutate()}
      onClose={onClose}
    >
      <p>
        <bdi>{request.deviceName}</bdi>: <bdi>{request.account}</bdi>
      </p>
      <ReasonField reason={reason} onChange={setReason} />
    </AnswerFrame>
  );
}

export function ApproveDialog({ request, onDone, onClose }: Props) {
  const { text } = useWords();
  const mustBeModel = request.approvable === 'model';
  const [label, setLabel] = useState(request.deviceName);
  const [issuedTo, setIssuedTo] = useState('');
  const [until, setUntil] = useState('');
  const [isModel, setModel] = useState(mustBeModel);
  const [reason, setReason] = useState('');
  const approve = useMutation({
    mutationFn: () =>
      tell('POST', `/api/media/requests/${encodeURIComponent(request.eventId)}/approve`, {
        label,
        issuedTo,
        until: until === '' ? null : until,
        wholeModel: isModel,
        reason,
      }),
    onSuccess: onDone,
  });
  return (
    <AnswerFrame
      title={text('console-media.approve.title')}
      action={text('console-media.approve')}
      isDangerous={false}
      isBusy={approve.isPending}
      error={approve.error}
      onAnswer={() => approve.mutate()}
      onClose={onClose}
    >
      <TextField
        label={text('console-media.label')}
        value={label}
        onChange={setLabel}
        maxLength={256}
        autoComplete="off"
      />
      <TextField
        label={text('console-media.issuedTo')}
        hint={text('console-media.issuedTo.hint')}
        value={issuedTo}
        onChange={setIssuedTo}
        maxLength={200}
        autoComplete="off"
      />
      <DateField label={text('console-media.until')} value={until} onChange={setUntil} />
      <label className="show-password">
        <input
          type="checkbox"
          checked={isModel}
          onChange={(event) => {
            if (!mustBeModel) setModel(event.target.checked);
          }}
        />
        {text('console-media.model')}
      </label>
      {mustBeModel ? <p className="quiet">{text('console-media.model.must')}</p> : null}
      <ReasonField reason={reason} onChange={setReason} />
    </AnswerFrame>
  );
}
