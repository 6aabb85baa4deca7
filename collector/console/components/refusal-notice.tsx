/** Says what went wrong with a request, and what to do. It takes focus when it appears. */
import { Notice } from '../../../renderer/components/notice.tsx';
import { Refusal } from '../api/client.ts';
import { useWords } from '../words/words-context.tsx';

interface Props {
  /** Null where nothing went wrong. */
  readonly error: Error | null;
  /** Sentences for the statuses that this page expects. */
  readonly sentences?: Readonly<Record<number, string>>;
}

export function RefusalNotice({ error, sentences = {} }: Props) {
  const { text, counted } = useWords();
  if (error === null) return null;
  const status = error instanceof Refusal ? error.status : undefined;
  const minutes = Math.ceil((error instanceof Refusal ? (error.retryAfterSeconds ?? 60) : 60) / 60);
  const general: Readonly<Record<number, string>> = {
    0: text('console.error.unreachable'),
    403: text('console.error.forbidden'),
    404: text('console.error.gone'),
    429: counted('console.error.tooMany', minutes),
    503: text('console.error.busy'),
  };
  const sentence =
    status === undefined ? text('console.error.unexpected') : (sentences[status] ?? general[status]);
  return (
    <Notice title={text('console.error.title')}>
      <p>{sentence ?? text('console.error.unexpected')}</p>
    </Notice>
  );
}
