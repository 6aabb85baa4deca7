/** The actions of a step, pinned to the bottom of the window, so that they are in sight at every size. */
import type { ReactNode } from 'react';

interface Props {
  /** Shown beside the buttons where there is room. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

export function ActionBar({ note, children }: Props) {
  return (
    <div className="action-bar">
      <div className="action-bar-buttons">{children}</div>
      {note === undefined ? null : <div className="action-bar-note">{note}</div>}
    </div>
  );
}
