/** One checked item: its outcome, the finding, the reason and what to do about it. */
import { createSelfCheckWords } from '../../shared/i18n/self-check-words.ts';
import { adviceOn, findingWords, itemWords } from '../../shared/self-check/item-words.ts';
import type { SelfCheckItem } from '../../shared/self-check/report.ts';
import { useTranslator } from '../i18n/translator-context.tsx';
import { outcomeMarks } from './outcome-marks.ts';

export function CheckedItem({ item }: { readonly item: SelfCheckItem }) {
  const { text, language } = useTranslator();
  const words = createSelfCheckWords(language);
  const { name, outcome, finding, detail } = item;
  const advice = adviceOn(item);
  const { word, className } = outcomeMarks[outcome];
  return (
    <li>
      <span className={className}>{text(word)}</span>
      <div>
        <strong>{words(itemWords[name])}</strong>
        {/* The mark already says that it works. */}
        {finding === 'works' ? null : <p>{words(findingWords[finding])}</p>}
        {detail === '' ? null : (
          // Exactly as the operating system gave it, because technicians search for it.
          <p lang="en-GB" className="quiet">
            {detail}
          </p>
        )}
        {advice === undefined ? null : (
          <p>
            {words('self-check.toDo', {
              // The command-line switch of this item is the check box above the button on this page.
              advice:
                advice === 'self-check.advice.lockNotTried'
                  ? text('problem.check.lockAdvice')
                  : words(advice),
            })}
          </p>
        )}
      </div>
    </li>
  );
}
