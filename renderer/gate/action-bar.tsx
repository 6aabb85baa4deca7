/** The actions of a step, pinned to the bottom of the window, so that they are in sight at every size. */
import type { ReactNode } from 'react';

interface Props {
  /** Shown beside the buttons where there is room. */
  readonly note?: ReactNode;
  /** What the actions are about, in one line: shown above them where the window is too small for the page itself. */
  readonly facts?: string;
  readonly children: ReactNode;
}

export function ActionBar({ note, facts, children }: Props) {
  return (
    <div className="action-bar">
      {/* Repeats what the page says; a screen reader has it there. */}
      {facts === undefined ? null : (
        <p className="action-bar-facts" aria-hidden="true">
          {facts}
        </p>
      )}
      <div className="action-bar-buttons">{children}</div>
      {note === undefined ? null : <div className="action-bar-note">{note}</div>}
    </div>
  );
}
