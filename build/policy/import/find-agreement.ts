/** Takes the agreement out of a document: a person's promises, and the fields below them. */
import { prepareBlocks } from './agreement-blocks.ts';
import { callsItselfAgreement, fittingAgreements, type Part, splitParts } from './agreement-parts.ts';
import type { Agreement } from './agreement-reading.ts';
import { groupsOfAudience } from './audiences.ts';
import type { LeftOut } from './clean-document.ts';
import { type Block, check, done, type Note, plainText, textOf } from './document-model.ts';
import { hasBlank } from './line-signs.ts';
import { append, flatten, readAgreement } from './read-agreement.ts';

type Extracted = {
  /** What remains for people to read. */
  readonly blocks: readonly Block[];
  readonly agreement: Agreement;
  readonly notes: readonly Note[];
  readonly leftOut: readonly LeftOut[];
  /** The groups whose agreements were left out. */
  readonly otherGroups: readonly string[];
};

type Options = {
  readonly audience: string;
  readonly title: string | undefined;
  /** Number or title words of the agreement to take, if several fit. */
  readonly agreement: string | undefined;
};

export function findAgreement(source: readonly Block[], options: Options): Extracted {
  const prepared = prepareBlocks(source);
  const { parts, takesRules } = findParts(prepared, options);
  const agreements = parts.filter(({ isAgreement }) => isAgreement);
  const { wanted, notes } = choose(agreements, options);
  const otherGroups = [
    ...new Set(agreements.filter((part) => part !== wanted).flatMap(({ groups }) => [...groups])),
  ];
  const leftOut: LeftOut[] = [];
  const kept: Block[] = [];
  let agreement: Agreement = { statements: [], isSigned: false, asksName: false, asksRole: false };
  let whole: readonly Block[] = [];
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const isHeadingOfLeftOut =
      next?.isAgreement === true && next !== wanted && part.sections.every(({ body }) => body.length === 0);
    if (part === wanted) {
      const read = readAgreement(part, groupsOfAudience(options.audience), takesRules);
      agreement = read.agreement;
      whole = flatten(part).filter(({ kind }) => kind !== 'field');
      append(kept, read.blocks);
      append(notes, read.notes);
      append(leftOut, read.leftOut);
    } else if (part.isAgreement || isHeadingOfLeftOut) {
      for (const block of flatten(part))
        leftOut.push({ text: textOf(block), reason: 'agreement for others' });
    } else append(kept, takeFields(flatten(part), notes, leftOut));
  }
  const hasText = kept.some(({ kind }) => kind !== 'heading');
  if (!hasText && agreement.statements.length > 0) {
    notes.push(
      done(
        'The document is an agreement and nothing else: its words are the text, and its promises the statements.',
      ),
    );
    return { blocks: whole, agreement, notes, leftOut, otherGroups };
  }
  return { blocks: kept, agreement, notes, leftOut, otherGroups };
}

/** Looks for promises, then for promises in a document that calls itself an agreement, then for rules. */
function findParts(blocks: readonly Block[], { audience, title }: Options) {
  const fits = (parts: readonly Part[]) =>
    fittingAgreements(
      parts.filter(({ isAgreement }) => isAgreement),
      audience,
    ).length > 0;
  const ofPeople = splitParts(blocks, title);
  if (fits(ofPeople)) return { parts: ofPeople, takesRules: false };
  if (callsItselfAgreement(blocks, title)) {
    const called = splitParts(blocks, title, { isCalled: true });
    if (fits(called)) return { parts: called, takesRules: false };
  }
  // Where no one says "I", an agreement may give its rules in the third person.
  const ofRules = splitParts(blocks, title, { takesRules: true });
  return fits(ofRules) ? { parts: ofRules, takesRules: true } : { parts: ofPeople, takesRules: false };
}

function choose(
  agreements: readonly Part[],
  { audience, agreement }: Options,
): { readonly wanted: Part | undefined; readonly notes: Note[] } {
  const notes: Note[] = [];
  if (agreements.length === 0) {
    notes.push(check('No agreement (“I will…”) was found: write at least one statement to be ticked.'));
    return { wanted: undefined, notes };
  }
  const fitting = fittingAgreements(agreements, audience);
  const asked = agreement?.toLowerCase();
  const named =
    asked === undefined
      ? undefined
      : /^\d+$/u.test(asked)
        ? fitting[Number(asked) - 1]
        : agreements.find(({ title }) => title.toLowerCase().includes(asked));
  if (asked !== undefined && named === undefined) {
    notes.push(check(`No agreement is called “${agreement}”; the first that fits was taken.`));
  }
  const wanted = named ?? fitting[0];
  if (agreements.length > 1) {
    const taken = wanted === undefined ? 'none is for this audience' : `taken: “${wanted.title}”`;
    notes.push(check(`The document holds ${agreements.length} agreements; ${taken}.`));
  }
  if (wanted === undefined) {
    notes.push(
      check(
        `No agreement for ${audience} was found: write at least one statement to be ticked, or take one of the others with --agreement.`,
      ),
    );
  } else if (fitting.length > 1) {
    const list = fitting.map(({ title }, index) => `${index + 1}. “${title}”`).join(', ');
    notes.push(
      check(
        `${fitting.length} agreements fit this audience: ${list}. Choose another with --agreement NUMBER.`,
      ),
    );
  }
  for (const part of agreements) {
    if (part === wanted) continue;
    const isOther = !fitting.includes(part);
    const whom = part.groups.size > 0 ? ` (for ${[...part.groups].join(', ')})` : '';
    notes.push(
      done(
        isOther
          ? `Left out, as it is for others: “${part.title}”${whom}. Import it with the audience it is for.`
          : `Left out, as another agreement was taken: “${part.title}”.`,
      ),
    );
  }
  return { wanted, notes };
}

/** Lines to sign outside of any agreement: if they have blanks, they are not text of a policy. */
function takeFields(blocks: readonly Block[], notes: Note[], leftOut: LeftOut[]): readonly Block[] {
  const taken: string[] = [];
  const kept = blocks.flatMap((block, index): readonly Block[] => {
    if (block.kind !== 'field') return [block];
    const text = plainText(block.runs);
    const isAmongFields = blocks[index - 1]?.kind === 'field' || blocks[index + 1]?.kind === 'field';
    if (hasBlank(text) || isAmongFields || /sign|llofnod/iu.test(text)) {
      taken.push(text);
      leftOut.push({ text, reason: 'line for a signature' });
      return [];
    }
    return [{ kind: 'paragraph', runs: block.runs }];
  });
  if (taken.length > 0) {
    const shown = taken.slice(0, 4).map((text) => `“${text.replaceAll(/_{2,}|\.{4,}/gu, '…').slice(0, 60)}”`);
    notes.push(check(`Lines to be filled in were left out of the text: ${shown.join(', ')}.`));
  }
  return kept;
}
