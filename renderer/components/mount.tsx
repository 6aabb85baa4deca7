/** Starts a window's page: nothing replaces the still picture in the document until there is something true to show. */
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

export function mount(page: ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('page: root: it is missing');
  createRoot(root).render(page);
}

/**
 * Starts work whose failure the person can do nothing about. It is told on the console, which the main process logs.
 */
export function run(work: Promise<unknown>): void {
  work.catch((error: unknown) => console.error(error));
}
