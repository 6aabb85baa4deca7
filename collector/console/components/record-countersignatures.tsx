/** The countersignatures of one acknowledgement, also withdrawn ones; a signatory signs and withdraws here. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Dialog } from '../../../renderer/components/dialog.tsx';
import type {
  AcknowledgementRecordView,
  CountersignatureView,
} from '../../../shared/console/acknowledgements.ts';
import type { Countersigned } from '../../../shared/console/countersign.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { tell } from '../api/client.ts';
import { useMay, useMe } from '../api/session.tsx';
import { useWords } from '../words/words-context.tsx';
import { CountersignDialog, CountersignOutcome } from './countersign-dialog.tsx';
import { RefusalNotice } from './refusal-notice.tsx';
import { TextField } from './text-field.tsx';

const shortestReason = 3;

function WithdrawDialog({ eventId, onClose }: { readonly eventId: string; readonly onClose: () => void }) {
  const { text } = useWords();
  const reasonId = useId();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [isTooShort, setTooShort] = useState(false);
  const withdraw = useMutation({
    mutationFn: () => tell('POST', `/api/countersign/${encodeURIComponent(eventId)}/withdrawal`, { reason }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['acknowledgement', eventId] });
      onClose();
    },
  });
  const send = () => {
    const isGood = reason.trim().length >= shortestReason;
    setTooShort(!isGood);
    if (!isGood) document.getElementById(reasonId)?.focus();
    else if (!withdraw.isPending) withdraw.mutate();
  };
  return (
    <Dialog
      title={text('console-countersign.withdraw.title')}
      onClose={onClose}
      initialFocusId={reasonId}
      describedBy={[`${reasonId}-what`]}
      aside={null}
      actions={
        <>
          <button
            type="button"
            className="button button-danger"
            aria-disabled={withdraw.isPending}
            onClick={send}
          >
            {text('console-countersign.withdraw.do')}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {text('console.cancel')}
          </button>
        </>
      }
    >
      <RefusalNotice error={withdraw.error} />
      <p id={`${reasonId}-what`}>{text('console-countersign.withdraw.meaning')}</p>
      <TextField
        id={reasonId}
        label={text('console-countersign.withdraw.reason')}
        hint={text('console-countersign.withdraw.reason.hint')}
        error={isTooShort ? text('console-countersign.withdraw.tooShort') : ''}
        value={reason}
        maxLength={500}
        onChange={setReason}
      />
    </Dialog>
  );
}

function Line({ one }: { readonly one: CountersignatureView }) {
  const { text, language } = useWords();
  const mark = { included: 'mark-good', waiting: 'mark-limited', broken: 'mark-bad' }[one.log.state];
  const signed = text('console-countersign.signedBy', { name: one.by, when: showMoment(one.at, language) });
  const { withdrawn } = one;
  return (
    <li className={`mark ${withdrawn === undefined ? mark : 'mark-limited'}`}>
      {signed} {text(`console-countersign.log.${one.log.state}`)}
      {withdrawn === undefined ? null : (
        <span className="second">
          {text('console-countersign.withdrawnBy', {
            name: withdrawn.by,
            when: showMoment(withdrawn.at, language),
            reason: withdrawn.reason,
          })}
        </span>
      )}
    </li>
  );
}

export function RecordCountersignatures({ record }: { readonly record: AcknowledgementRecordView }) {
  const { text } = useWords();
  const maySign = useMay('acknowledgements:countersign');
  const { accountId } = useMe();
  const [asked, setAsked] = useState<'sign' | 'withdraw'>();
  const [outcome, setOutcome] = useState<Countersigned>();
  const stands = record.countersignature !== undefined;
  const isToSign = record.action === 'accepted' && record.counts && !stands;
  const close = () => setAsked(undefined);
  return (
    <section>
      <h2>{text('console-countersign.countersignature')}</h2>
      {stands ? null : <p>{text('console-countersign.missing')}</p>}
      {record.countersignatures.length === 0 ? null : (
        <ul className="proof">
          {record.countersignatures.map((one) => (
            <Line key={one.id} one={one} />
          ))}
        </ul>
      )}
      <CountersignOutcome outcome={outcome} />
      {maySign && accountId !== '' && (isToSign || stands) ? (
        <div className="buttons no-print">
          <button type="button" className="button" onClick={() => setAsked(isToSign ? 'sign' : 'withdraw')}>
            {text(isToSign ? 'console-countersign.signOne' : 'console-countersign.withdraw')}
          </button>
        </div>
      ) : null}
      {asked === 'sign' ? <CountersignDialog rows={[record]} onDone={setOutcome} onClose={close} /> : null}
      {asked === 'withdraw' ? <WithdrawDialog eventId={record.eventId} onClose={close} /> : null}
    </section>
  );
}
