/** A message that the user must not miss: screen readers announce it, and it takes focus when it appears. */
import { type ReactNode, useEffect, useRef } from 'react';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

export function Notice({ title, children }: Props) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div ref={notice} className="notice" role="alert" tabIndex={-1}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
