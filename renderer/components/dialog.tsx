/** A modal question over the page. The browser's own dialog element keeps focus inside and returns it afterwards. */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { ScrollArea } from './scroll-area.tsx';

interface Props {
  readonly title: string;
  /** Called for Escape. The owner then removes the dialog. */
  readonly onClose: () => void;
  /** Id of the element that takes focus first. Choose one on which an early Enter does nothing irreversible. */
  readonly initialFocusId: string;
  /** Ids of the paragraphs that a screen reader reads as the dialog opens, because the focus is on a button at its end. */
  readonly describedBy: readonly string[];
  /** Shown beside the title. */
  readonly aside: ReactNode;
  /** The buttons. They stay in sight below the content, which scrolls. */
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, initialFocusId, describedBy, aside, actions, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.showModal();
    document.getElementById(initialFocusId)?.focus();
    // Close before the element is removed: only then does the browser return focus to where it was.
    return () => element.close();
  }, [initialFocusId]);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      aria-describedby={describedBy.join(' ')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {aside}
      </div>
      <ScrollArea className="dialog-body">{children}</ScrollArea>
      <div className="buttons dialog-actions">{actions}</div>
    </dialog>
  );
}
