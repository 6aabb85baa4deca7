/** A sentence that appears after an action: announced by screen readers, and scrolled to, so that it is seen too. */
import { useEffect, useRef } from 'react';

interface Props {
  readonly id?: string;
  readonly className?: string | undefined;
  /** Empty while there is nothing to say. */
  readonly children: string;
}

export function StatusLine({ id, className, children }: Props) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (children !== '') line.current?.scrollIntoView({ block: 'nearest' });
  }, [children]);
  // Always in the document: screen readers announce only changes inside a live region that exists already.
  return (
    <p ref={line} id={id} role="status" className={className}>
      {children}
    </p>
  );
}
