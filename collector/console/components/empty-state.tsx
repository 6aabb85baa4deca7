/** Shown instead of an empty list: what is missing, and what to do next. */
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

export function EmptyState({ title, children }: Props) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
