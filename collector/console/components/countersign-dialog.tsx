/** Says what a countersignature means, names whom it is for, and makes it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { Dialog } from '../../../renderer/components/dialog.tsx';
import type { AcknowledgementRow } from '../../../shared/console/acknowledgements.ts';
import { type Countersigned, countersignedSchema } from '../../../shared/console/countersign.ts';
import { exchange } from '../api/client.ts';
import { useMe } from '../api/session.tsx';
import { useWords } from '../words/words-context.tsx';
import { RefusalNotice } from './refusal-notice.tsx';

const mostNames = 8;

interface Props {
  readonly rows: readonly AcknowledgementRow[];
  onDone(outcome: Countersigned): void;
  onClose(): void;
}

export function CountersignDialog({ rows, onDone, onClose }: Props) {
  const { text, counted, language } = useWords();
  const { name } = useMe();
  const cancelId = useId();
  const queries = useQueryClient();
  const sign = useMutation({
    mutationFn: () =>
      exchange(countersignedSchema, '/api/countersign', { eventIds: rows.map(({ eventId }) => eventId) }),
    onSuccess: async (outcome) => {
      onDone(outcome);
      await Promise.all(
        ['/api/countersign', 'countersign', 'acknowledgement', '/api/acknowledgements'].map((queryKey) =>
          queries.invalidateQueries({ queryKey: [queryKey] }),
        ),
      );
      onClose();
    },
  });
  const left = rows.length - mostNames;
  return (
    <Dialog
      title={text('console-countersign.confirm')}
      onClose={onClose}
      initialFocusId={cancelId}
      describedBy={[`${cancelId}-what`, `${cancelId}-meaning`]}
      aside={null}
      actions={
        <>
          <button
            type="button"
            className="button button-primary"
            aria-disabled={sign.isPending}
            onClick={() => {
              if (!sign.isPending) sign.mutate();
            }}
          >
            {text('console-countersign.sign')}
          </button>
          <button type="button" className="button" id={cancelId} onClick={onClose}>
            {text('console.cancel')}
          </button>
        </>
      }
    >
      <RefusalNotice
        error={sign.error}
        sentences={{
          409: text('console-countersign.notNamed'),
          503: text('console-countersign.noKey'),
        }}
      />
      <p id={`${cancelId}-what`}>{counted('console-countersign.confirmCount', rows.length)}</p>
      <ul>
        {rows.slice(0, mostNames).map((row) => (
          <li key={row.eventId}>
            <bdi>{row.fullName === '' ? row.account : row.fullName}</bdi>
            <span className="second">
              {row.policyTitle?.[language] ?? row.policyId}, {text('console.version')} {row.policyVersion}
            </span>
          </li>
        ))}
        {left > 0 ? <li>{counted('console-countersign.more', left)}</li> : null}
      </ul>
      <p id={`${cancelId}-meaning`}>{text('console-countersign.meaning')}</p>
      <p>{text('console-countersign.meaning.name', { name })}</p>
      <p>{text('console-countersign.meaning.forever')}</p>
    </Dialog>
  );
}

/** What came of it, with the reason for each that was not signed. */
export function CountersignOutcome({ outcome }: { readonly outcome: Countersigned | undefined }) {
  const { text, counted } = useWords();
  const reasons = [...new Set(outcome?.refused.map(({ reason }) => reason))];
  return (
    <div className="status" role="status">
      {outcome === undefined ? null : (
        <>
          <p className={outcome.signed > 0 ? 'mark mark-good' : 'mark mark-limited'}>
            {counted('console-countersign.signed', outcome.signed)}
          </p>
          {outcome.refused.length === 0 ? null : (
            <>
              <p>{counted('console-countersign.refused', outcome.refused.length)}</p>
              <ul>
                {reasons.map((reason) => (
                  <li key={reason}>{text(`console-countersign.refused.${reason}`)}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </div>
  );
}
