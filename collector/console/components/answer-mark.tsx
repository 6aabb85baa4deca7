/** What a person answered, and what is wrong with the answer, in words beside the mark. */
import type { AcknowledgementRow } from '../../../shared/console/acknowledgements.ts';
import { useWords } from '../words/words-context.tsx';

const marks = {
  accepted: 'mark mark-good',
  declined: 'mark mark-bad',
  'help-requested': 'mark mark-limited',
};

export function AnswerMark({
  row,
}: {
  readonly row: Pick<AcknowledgementRow, 'action' | 'signature' | 'counts' | 'countersignature'>;
}) {
  const { text } = useWords();
  const doubt =
    row.signature === 'valid'
      ? row.action === 'accepted' && !row.counts
        ? text('console.doesNotCount')
        : ''
      : text(`console.signature.${row.signature}`);
  return (
    <>
      <span className={marks[row.action]}>{text(`console.action.${row.action}`)}</span>
      {doubt === '' ? null : <span className="second">{doubt}</span>}
      {row.countersignature === undefined ? null : (
        <span className="second">{text('console-countersign.mark', { name: row.countersignature.by })}</span>
      )}
    </>
  );
}
