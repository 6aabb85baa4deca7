/** Asks before something that cannot be undone. Focus starts on the way out. */
import { type ReactNode, useId } from 'react';
import { Dialog } from '../../../renderer/components/dialog.tsx';
import { useWords } from '../words/words-context.tsx';
import { RefusalNotice } from './refusal-notice.tsx';

interface Props {
  readonly title: string;
  /** What the button that goes on says. */
  readonly action: string;
  readonly isBusy: boolean;
  readonly error: Error | null;
  /** Sentences for the statuses that are expected. */
  readonly sentences?: Readonly<Record<number, string>>;
  readonly children: ReactNode;
  onConfirm(): void;
  onClose(): void;
}

export function ConfirmDialog(props: Props) {
  const { title, action, isBusy, error, sentences = {}, children, onConfirm, onClose } = props;
  const { text } = useWords();
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
            className="button button-danger"
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) onConfirm();
            }}
          >
            {action}
          </button>
          <button type="button" className="button" id={closeId} onClick={onClose}>
            {text('console.cancel')}
          </button>
        </>
      }
    >
      <RefusalNotice error={error} sentences={sentences} />
      <div id={bodyId}>{children}</div>
    </Dialog>
  );
}
