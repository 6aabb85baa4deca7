/** The button under a list that has another page. */
import { useWords } from '../words/words-context.tsx';

interface PagedList {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

export function MoreRows({ list }: { readonly list: PagedList }) {
  const { text } = useWords();
  if (!list.hasNextPage) return null;
  return (
    <div className="buttons">
      <button
        type="button"
        className="button"
        aria-disabled={list.isFetchingNextPage}
        onClick={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
      >
        {text('console.more')}
      </button>
    </div>
  );
}
