/** One thing that was checked: how it stands, what was found, why, and what to do about it. */
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
        {/* The mark has said so already. */}
        {finding === 'works' ? null : <p>{words(findingWords[finding])}</p>}
        {detail === '' ? null : (
          // As the system gave it: it is what a technician searches for.
          <p lang="en-GB" className="quiet">
            {detail}
          </p>
        )}
        {advice === undefined ? null : (
          <p>
            {words('self-check.toDo', {
              // The switch of the command line is the row above the button here.
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
