/** What became of a file that the user saved: where it is, with a button that shows it there. */
import { useTranslator } from '../i18n/translator-context.tsx';
import { StatusLine } from './status-line.tsx';

export interface Saved {
  readonly outcome: 'saved' | 'failed';
  readonly path: string;
}

interface Props {
  readonly saved: Saved | undefined;
  /** The sentences for the two outcomes. */
  readonly words: Readonly<Record<Saved['outcome'], string>>;
  readonly onShow: () => void;
}

export function SavedWhere({ saved, words, onShow }: Props) {
  const { text } = useTranslator();
  return (
    <div className="saved-where screen-only">
      <StatusLine className={saved?.outcome === 'failed' ? 'message' : undefined}>
        {saved === undefined ? '' : words[saved.outcome]}
      </StatusLine>
      {saved?.outcome === 'saved' ? (
        <p>
          {saved.path}{' '}
          <button type="button" className="button button-link" onClick={onShow}>
            {text('common.showInFolder')}
          </button>
        </p>
      ) : null}
    </div>
  );
}
