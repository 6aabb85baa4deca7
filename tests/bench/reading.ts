/** What it takes to read and accept each shipped policy, beside what it took before the texts were rewritten. */
import { loadPack } from '../../electron/storage/packs/load-packs.ts';
import { countWords, pageText } from '../../shared/policy/reading.ts';
import { type Figure, figure } from '../support/bench/figure.ts';

type Pack = 'staff' | 'visitor' | 'pupil' | 'young-pupil';

interface Effort {
  /** Title, text and statements, in English. */
  readonly words: number;
  readonly ticks: number;
  /** Pages to pass: the policy, the check, the confirmation. */
  readonly pages: number;
  /** Each tick, then *I accept*, *Confirm and continue* and *Continue*. */
  readonly clicks: number;
  /** Keys from the open page to the open desktop, without the letters of name and role. */
  readonly keys: number;
}

/**
 * Figures of commit 5f9d239, counted in the same way. There each statement had a *Change* of its own on the check page.
 * Young pupils had the pupils' text.
 */
const before: Readonly<Record<Pack, Effort>> = {
  staff: { words: 1385, ticks: 9, pages: 3, clicks: 12, keys: 39 },
  visitor: { words: 937, ticks: 6, pages: 3, clicks: 9, keys: 30 },
  pupil: { words: 625, ticks: 6, pages: 3, clicks: 9, keys: 28 },
  'young-pupil': { words: 625, ticks: 6, pages: 3, clicks: 9, keys: 28 },
};

/** Ratios to before. Twenty keys are the most for staff. */
const targets: Readonly<Record<Pack, Pick<Effort, 'words' | 'keys'>>> = {
  staff: { words: 0.6, keys: 0.513 },
  visitor: { words: 0.6, keys: 0.75 },
  pupil: { words: 0.75, keys: 0.75 },
  'young-pupil': { words: 0.35, keys: 0.75 },
};

/** The order of stops that the browser tests of the gate walk through. */
function countKeys(ticks: number, fields: number): number {
  const skipToStatements = 2;
  const tickEach = 2 * ticks;
  const enterInLastField = 1;
  // A *Change* for each field, *Read again*, two folded lists, then the button itself.
  const tabsToConfirm = fields + 1 + 2 + 1;
  const confirm = 1;
  const leaveConfirmation = 2;
  return (
    skipToStatements + tickEach + fields + enterInLastField + tabsToConfirm + confirm + leaveConfirmation
  );
}

async function measure(name: Pack): Promise<Effort> {
  const pack = await loadPack(`assets/policies/${name}`);
  if (!pack.ok) throw new Error(`bench: ${name}: ${pack.error.reason}`);
  const { manifest, texts } = pack.value;
  const ticks = manifest.statements.filter(({ required }) => required).length;
  const fields = Object.values(manifest.fields).filter((requirement) => requirement !== 'hidden').length;
  return {
    words: countWords(pageText(manifest, texts['en-GB'], 'en-GB')),
    ticks,
    pages: 3,
    clicks: ticks + 3,
    keys: countKeys(ticks, fields),
  };
}

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const pack of ['staff', 'visitor', 'pupil', 'young-pupil'] as const) {
    const now = await measure(pack);
    for (const unit of ['words', 'ticks', 'pages', 'clicks', 'keys'] as const) {
      figures.push(
        figure({
          bench: `reading-${pack}-${unit}`,
          ours: now[unit],
          floor: before[pack][unit],
          unit,
          target: unit === 'words' || unit === 'keys' ? targets[pack][unit] : 1,
          good: 'at-most-target',
          runs: 1,
        }),
      );
    }
  }
  return figures;
}
