/** A command of the collector, for the technician to copy: as the packages run it, and from the source. */
import { useWords } from '../words/words-context.tsx';

export function Command({ words }: { readonly words: string }) {
  const { text, language } = useWords();
  return (
    <>
      <pre>
        <code>sudo porthor-collector {words}</code>
      </pre>
      <p className="quiet">{text('console.command.fromSource')}</p>
      <pre>
        <code>
          npm run collector -- {words} --data {language === 'cy-GB' ? 'FFOLDER' : 'FOLDER'}
        </code>
      </pre>
    </>
  );
}
