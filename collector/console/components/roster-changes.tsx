/** What an import would do, before it does it. */
import type { RosterPreview } from '../../../shared/console/people.ts';
import { useWords } from '../words/words-context.tsx';

function Names({ names, count }: { readonly names: readonly string[]; readonly count: number }) {
  if (names.length === 0) return null;
  return (
    <span className="second">
      <bdi>{names.join(', ')}</bdi>
      {count > names.length ? ' …' : ''}
    </span>
  );
}

export function RosterChanges({ preview }: { readonly preview: RosterPreview }) {
  const { text, counted } = useWords();
  const { added, changed, left, unchanged, names } = preview;
  return (
    <section>
      <h2>{text('console-people.changes')}</h2>
      {added + changed + left === 0 ? <p>{text('console-people.nothing')}</p> : null}
      <ul className="needs">
        <li>
          {counted('console-people.added', added)} <Names names={names.added} count={added} />
        </li>
        <li>
          {counted('console-people.changed', changed)} <Names names={names.changed} count={changed} />
        </li>
        <li>
          {counted('console-people.leaves', left)} <Names names={names.left} count={left} />
          <span className="second">{text('console-people.leaves.note')}</span>
        </li>
        <li>{counted('console-people.unchanged', unchanged)}</li>
      </ul>
    </section>
  );
}
