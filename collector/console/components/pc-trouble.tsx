/** What needs a technician on one PC, each in one line; a PC without trouble says so. */
import type { Pc } from '../../../shared/console/pcs.ts';
import { useWords } from '../words/words-context.tsx';

export function PcTrouble({ pc }: { readonly pc: Pc }) {
  const { text, counted } = useWords();
  const lines = [
    ...(pc.state === 'waiting' ? [text('console.pcs.waiting')] : []),
    ...(pc.state === 'expelled' ? [text('console.pcs.expelled')] : []),
    ...(pc.faults > 0 ? [counted('console.pcs.faults', pc.faults)] : []),
    ...(pc.missingEvents > 0 ? [counted('console.pcs.missing', pc.missingEvents)] : []),
    ...(pc.forkedEvents > 0 ? [counted('console.pcs.forked', pc.forkedEvents)] : []),
  ];
  if (lines.length === 0) return <span className="mark mark-good">{text('console.pcs.noTrouble')}</span>;
  return lines.map((line) => (
    <span key={line} className="mark mark-limited">
      {line}
    </span>
  ));
}
