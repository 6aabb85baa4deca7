/** Finds the agreement in a document: what a person promises, and what they would fill in below it. */
import { type Block, isConditional, isFirstPerson, withoutMarks } from './blocks.ts';
import { check, done, type Note } from './source.ts';

type DraftStatement = { readonly text: string; readonly required: boolean };

type Agreement = {
  readonly statements: readonly DraftStatement[];
  /** A line for a signature was found, so the other fields can be believed. */
  readonly isSigned: boolean;
  readonly asksName: boolean;
  readonly asksRole: boolean;
};

type Extracted = {
  /** What is left for people to read. */
  readonly blocks: readonly Block[];
  readonly agreement: Agreement;
  readonly notes: readonly Note[];
};

type Section = {
  readonly heading: Extract<Block, { kind: 'heading' }> | undefined;
  readonly body: readonly Block[];
};
type Part = { readonly isAgreement: boolean; readonly sections: readonly Section[] };

const agreementTitle =
  /\b(?:agreement|code of (?:conduct|practice)|declaration|pledge|undertaking|promise|cytundeb|cod ymddygiad|datganiad|addewid)\b/iu;

/** Whom an agreement is for, by the words of its title. */
const groups: readonly (readonly [string, RegExp])[] = [
  ['parent', /\b(?:parents?|carers?|guardians?|rhieni|rhiant|gofalwyr)\b/iu],
  ['pupil', /\b(?:pupils?|students?|learners?|children|ks[1-4]|key stage|disgybl(?:ion)?|dysgwyr|plant)\b/iu],
  [
    'visitor',
    /\b(?:visitors?|contractors?|supply|volunteers?|community|ymwelwyr|contractwyr|gwirfoddolwyr)\b/iu,
  ],
  ['staff', /\b(?:staff|governors?|employees?|teachers?|adults?|staff|llywodraethwyr|athrawon)\b/iu],
];

/** What may stand beside a box that is ticked; the pack's own rules refuse longer ones. */
const maxStatementCharacters = 400;
const maxStatements = 50;

export function findAgreement(blocks: readonly Block[], audience: string): Extracted {
  const parts = split(blocks);
  const agreements = parts.filter(({ isAgreement }) => isAgreement);
  const wanted = choose(agreements, audience);
  const notes: Note[] = [];
  if (agreements.length === 0) {
    notes.push(check('No agreement (“I will…”) was found: write at least one statement to be ticked.'));
  } else if (agreements.length > 1) {
    const taken = wanted === undefined ? 'none of them names this audience' : `taken: “${titleOf(wanted)}”`;
    notes.push(check(`The document holds ${agreements.length} agreements; ${taken}.`));
  }
  for (const part of agreements) {
    if (part === wanted) continue;
    notes.push(
      done(`Left out, as it is for others: “${titleOf(part)}”. Import it with the audience it is for.`),
    );
  }
  const kept: Block[] = [];
  let agreement: Agreement = { statements: [], isSigned: false, asksName: false, asksRole: false };
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const isHeadingOfLeftOut =
      next?.isAgreement === true && next !== wanted && part.sections.every(({ body }) => body.length === 0);
    if (!part.isAgreement) {
      if (!isHeadingOfLeftOut) append(kept, flatten(part.sections));
    } else if (part === wanted) {
      const read = readAgreement(part);
      agreement = read.agreement;
      append(kept, read.blocks);
      notes.push(...read.notes);
    }
  }
  return { blocks: kept, agreement, notes };
}

/** Not by spreading: the arguments of a call are limited, and a book's paragraphs are not. */
function append(blocks: Block[], more: readonly Block[]): void {
  for (const block of more) blocks.push(block);
}

function split(blocks: readonly Block[]): readonly Part[] {
  const sections: { heading: Section['heading']; body: Block[] }[] = [{ heading: undefined, body: [] }];
  for (const block of blocks) {
    if (block.kind === 'heading') sections.push({ heading: block, body: [] });
    else sections.at(-1)?.body.push(block);
  }
  const parts: { isAgreement: boolean; sections: Section[] }[] = [];
  let index = 0;
  while (index < sections.length) {
    const section = sections[index];
    if (section === undefined) break;
    const end = agreementEnd(sections, index);
    const group = sections.slice(index, end);
    if (end > index && promisesIn(group) >= 2) {
      parts.push({ isAgreement: true, sections: group });
      index = end;
    } else {
      parts.push({ isAgreement: false, sections: [section] });
      index += 1;
    }
  }
  return parts;
}

/** The section after the last one of the agreement that begins at `from`; `from` itself where none does. */
function agreementEnd(sections: readonly Section[], from: number): number {
  const first = sections[from];
  if (first === undefined) return from;
  const isTitled = first.heading !== undefined && agreementTitle.test(first.heading.text);
  if (!isTitled && promisesIn([first]) < 2) return from;
  let end = from + 1;
  for (; end < sections.length; end += 1) {
    const section = sections[end];
    if (section?.heading === undefined || agreementTitle.test(section.heading.text)) break;
    const isBegun = promisesIn(sections.slice(from, end)) > 0;
    const belongs = promisesIn([section]) > 0 || section.body.some(({ kind }) => kind === 'label');
    if (isBegun && !belongs) break;
    // Between a title and its first promise there may be one more heading, not a whole chapter.
    if (!isBegun && !belongs && section.body.length > 2) break;
  }
  return end;
}

function promisesIn(sections: readonly Section[]): number {
  return sections.flatMap(({ body }) => body).filter(isPromise).length;
}

function isPromise(block: Block): boolean {
  return (block.kind === 'paragraph' || block.kind === 'item') && isFirstPerson(block.text);
}

function titleOf(part: Part): string {
  return part.sections[0]?.heading?.text ?? 'an agreement without a title';
}

function choose(agreements: readonly Part[], audience: string): Part | undefined {
  const groupOf = (words: string) => groups.find(([, pattern]) => pattern.test(words))?.[0];
  const wanted = groupOf(audience.replaceAll('-', ' ')) ?? audience;
  const matching = agreements.find((part) => groupOf(titleOf(part)) === wanted);
  if (matching !== undefined) return matching;
  // An agreement that names nobody is everybody's.
  const open = agreements.filter((part) => groupOf(titleOf(part)) === undefined);
  return open[0] ?? (agreements.length === 1 ? agreements[0] : undefined);
}

function flatten(sections: readonly Section[]): Block[] {
  return sections.flatMap(({ heading, body }) => (heading === undefined ? [...body] : [heading, ...body]));
}

const countersignature =
  /authorised signature|for the school|behalf of the school|head ?teacher|\bdeputy\b|approved by|ar ran (?:yr )?ysgol|pennaeth/iu;

function readAgreement(part: Part) {
  const blocks: Block[] = [];
  const statements: DraftStatement[] = [];
  const notes: Note[] = [];
  const labels: string[] = [];
  let isCountersigned = false;
  let tooLong = 0;
  let tooMany = 0;
  const all = flatten(part.sections);
  for (const [index, block] of all.entries()) {
    const next = all[index + 1];
    if (block.kind === 'label') {
      labels.push(block.text);
      isCountersigned ||= countersignature.test(block.text);
    } else if (isPromise(block)) {
      const text = withoutMarks(block.text);
      if (isCountersigned) {
        notes.push(done(`Left out, as the school says it and not the person: “${text.slice(0, 120)}”.`));
        continue;
      }
      const pieces = shorten(text);
      if (pieces === undefined || statements.length + pieces.length > maxStatements) {
        if (pieces === undefined) tooLong += 1;
        else tooMany += 1;
        blocks.push(block);
        continue;
      }
      statements.push(...pieces.map((piece) => ({ text: piece, required: !isConditional(piece) })));
    } else if (
      !(block.kind === 'paragraph' && block.text.endsWith(':') && next !== undefined && isPromise(next))
    ) {
      // What only led over to the promises has nothing to lead to any more.
      blocks.push(block);
    }
  }
  if (tooLong > 0) {
    notes.push(
      check(`${tooLong} promises are too long for a box to tick and stayed in the text: shorten them.`),
    );
  }
  if (isCountersigned) {
    notes.push(
      check(
        'A signature for the school was asked for. Porthor has no place for it: the school gives it in its own way, on paper for instance.',
      ),
    );
  }
  if (tooMany > 0) {
    notes.push(
      check(
        `A pack holds ${maxStatements} statements; ${tooMany} more promises stayed in the text: put some together.`,
      ),
    );
  }
  const optional = statements.filter(({ required }) => !required).length;
  if (optional > 0)
    notes.push(check(`${optional} statements concern some people only and may be left unticked.`));
  const asked = labels.join(' ');
  return {
    blocks: withoutEmptySections(blocks, all),
    notes,
    agreement: {
      statements,
      isSigned: labels.length > 0,
      asksName: /name|enw|sign|llofnod/iu.test(asked),
      asksRole: /job title|role|position|swydd|rôl/iu.test(asked),
    },
  };
}

/** At sentences that begin with I, so that each piece is a promise of its own; undefined where that does not help. */
function shorten(text: string): readonly string[] | undefined {
  if (text.length <= maxStatementCharacters) return [text];
  const pieces = text.split(/(?<=[.;])\s+(?=(?:I|Byddaf|Ni fyddaf|Rwy)\b)/u);
  return pieces.length > 1 &&
    pieces.every((piece) => piece.length <= maxStatementCharacters && isFirstPerson(piece))
    ? pieces
    : undefined;
}

/**
 * A heading with nothing below it would be all that is left of a list of promises. One that stood right above another
 * heading in `all` had no list: it is a title, and stays with what it is the title of.
 */
function withoutEmptySections(blocks: readonly Block[], all: readonly Block[]): readonly Block[] {
  let kept = blocks;
  for (;;) {
    const next = kept.filter((block, index) => {
      if (block.kind !== 'heading') return true;
      const after = kept[index + 1];
      if (after === undefined) return false;
      return (
        after.kind !== 'heading' || after.level > block.level || all.indexOf(after) === all.indexOf(block) + 1
      );
    });
    if (next.length === kept.length) return kept;
    kept = next;
  }
}
