/** A modal question over the page, on the browser's own dialog: it keeps focus inside and gives it back. */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

interface Props {
  readonly title: string;
  /** Called for Escape; the owner then takes the dialog away. */
  readonly onClose: () => void;
  /** Id of the element inside that takes focus, so that Enter at once does nothing that cannot be undone. */
  readonly initialFocusId: string;
  /** Stands beside the title. */
  readonly aside: ReactNode;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, initialFocusId, aside, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.showModal();
    document.getElementById(initialFocusId)?.focus();
    // Closing before the element goes is what makes the browser give focus back to where it was.
    return () => element.close();
  }, [initialFocusId]);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {aside}
      </div>
      {children}
    </dialog>
  );
}
