/** Starts the console's page. */
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { Refusal } from './api/client.ts';
import { sessionKey } from './api/session.tsx';
import { Console } from './console.tsx';
import { WordsProvider } from './words/words-context.tsx';

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended elsewhere: ask again who is signed in, and the sign-in page appears.
      if (error instanceof Refusal && error.status === 401) {
        void queries.invalidateQueries({ queryKey: sessionKey });
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays a refusal; a collector that restarts is there again in a moment.
      retry: (failures, error) =>
        error instanceof Refusal && (error.status === 0 || error.status === 503) && failures < 3,
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('page: root: it is missing');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <WordsProvider>
        <BrowserRouter>
          <Console />
        </BrowserRouter>
      </WordsProvider>
    </QueryClientProvider>
  </StrictMode>,
);
