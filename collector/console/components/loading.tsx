/** Says that the page waits for the collector. It appears late, so that quick answers do not flicker. */
import { useWords } from '../words/words-context.tsx';

export function Loading() {
  const { text } = useWords();
  return (
    <p className="loading quiet" role="status">
      {text('console.loading')}
    </p>
  );
}
