/** Starts a window's page. The static picture in the document stays until the first state arrives. */
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

export function mount(page: ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('page: root: it is missing');
  createRoot(root).render(page);
}
