/** Gives the blocks of a document the kinds that the search for agreements relies on. */

import { isAudienceHeading } from './agreement-headings.ts';
import { groupsNamed } from './audiences.ts';
import { type Block, dropStart, plainText, trimRuns } from './document-model.ts';
import { bulletLength } from './line-signs.ts';
import { isPromise, isStem } from './promises.ts';
import { isRuleStem } from './rules-of-others.ts';

export function prepareBlocks(blocks: readonly Block[]): readonly Block[] {
  return stemsAsText(
    withTitles(
      withSpeakers(withFields(withForeword(withRunInTitles(withBoldLeads(bulletsAsItems(blocks)))))),
    ),
  );
}

/** In some files a bullet is a letter of the paragraph. */
function bulletsAsItems(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block): Block => {
    if (block.kind !== 'paragraph') return block;
    const [first, ...others] = block.runs;
    if (first === undefined || !/^\s*[•▪●○➢➤■\uF0B7\uF0A7]/u.test(first.text)) return block;
    const text = first.text.trimStart();
    const rest = text.slice(bulletLength(text));
    if (rest === '' && others.length === 0) return block;
    return {
      kind: 'item',
      runs: rest === '' ? others : [{ ...first, text: rest }, ...others],
      listId: 'bullets',
      level: 0,
      format: 'bullet',
      label: '•',
    };
  });
}

/** "Agreement for KS2" among promises starts the next agreement, whatever it looks like. */
function withTitles(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block) => {
    if (block.kind !== 'paragraph') return block;
    const text = plainText(block.runs).trim();
    const isTitle =
      text.length <= 100 && /^\p{Lu}[^.:;?!]*$/u.test(text) && namesAgreement.test(text) && !isPromise(text);
    return isTitle && groupsNamed(text).size > 0
      ? { kind: 'heading', level: 0, runs: block.runs, source: 'look' }
      : block;
  });
}

/** "**Passwords** I will…": bold words before a promise are its name. */
function withBoldLeads(blocks: readonly Block[]): readonly Block[] {
  return blocks.flatMap((block): readonly Block[] => {
    if (block.kind !== 'paragraph' && block.kind !== 'item') return [block];
    const runs = trimRuns(block.runs);
    const lead = runs[0];
    if (lead?.bold !== true || runs.length < 2 || lead.text.trim().length > 60 || isPromise(lead.text))
      return [block];
    const rest = trimRuns(runs.slice(1));
    const name = lead.text.trim();
    return /^\p{Lu}/u.test(name) && !/^(?:I|We)\b/u.test(name) && isPromise(plainText(rest))
      ? [
          { kind: 'paragraph', runs: [{ ...lead, text: name }] },
          { ...block, runs: rest },
        ]
      : [block];
  });
}

/** In plain text a foreword looks like any line. It ends at the next line that looks like a title. */
function withForeword(blocks: readonly Block[]): readonly Block[] {
  let isWithin = false;
  return blocks.map((block): Block => {
    if (block.kind === 'heading') isWithin = false;
    if (block.kind !== 'paragraph') return block;
    const text = plainText(block.runs);
    const isTitle = text.length <= 60 && /^\p{Lu}[^.:;?!,]*$/u.test(text) && !isPromise(text);
    if (!isTitle || !(isWithin || foreword.test(text))) return block;
    isWithin = foreword.test(text);
    return { kind: 'heading', level: 0, runs: block.runs, source: 'look' };
  });
}

const foreword =
  /^(?:foreword|preface|(?:an? )?(?:message|letter|welcome|word|introduction) (?:from|by)|rhagair|neges gan|gair gan|llythyr gan)\b/iu;

/** "Pupil’s agreement I have read the rules": in some files a title has no line of its own. */
function withRunInTitles(blocks: readonly Block[]): readonly Block[] {
  return blocks.flatMap((block): readonly Block[] => {
    if (block.kind !== 'paragraph') return [block];
    const title = /^\p{Lu}[^.!?:;,]{3,60}?(?=\s+I\s)/u.exec(plainText(block.runs))?.[0];
    if (title === undefined || !namesAgreement.test(title) || groupsNamed(title).size === 0) return [block];
    return [
      { kind: 'heading', level: 0, runs: [{ text: title }], source: 'look' },
      { ...block, runs: dropStart(trimRuns(block.runs), title.length) },
    ];
  });
}

const namesAgreement = /\b(?:agreement|contract|cytundeb)\b/iu;

/** "Parent or carer" above a promise says who speaks, whatever it looks like. */
function withSpeakers(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => {
    const next = blocks[index + 1];
    if (block.kind !== 'paragraph' || (next?.kind !== 'paragraph' && next?.kind !== 'item')) return block;
    const text = plainText(block.runs);
    const isName = text.length <= 60 && !/[.;,?!]$/u.test(text) && isAudienceHeading(text);
    return isName && (isPromise(plainText(next.runs)) || isStem(plainText(next.runs), false))
      ? { kind: 'heading', level: 0, runs: block.runs, source: 'look' }
      : block;
  });
}

/** "Agency:" between lines to fill in is one of them, as it has nothing else to introduce. */
function withFields(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => {
    if (block.kind !== 'paragraph') return block;
    const before = blocks[index - 1]?.kind;
    const after = blocks[index + 1]?.kind;
    const isAmong = before === 'field' ? after !== 'item' && after !== 'paragraph' : after === 'field';
    const isName = /^\p{Lu}[^.:;?!]{1,40}:[\s_.…]*$/u.test(plainText(block.runs));
    return isAmong && isName && !isStem(plainText(block.runs), true)
      ? { kind: 'field', runs: block.runs }
      : block;
  });
}

/** "I will:" above a list is no section, whatever its look; nor is a promise that is set like a heading. */
function stemsAsText(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => {
    if (block.kind !== 'heading') return block;
    const text = plainText(block.runs);
    const isStemOfList = blocks[index + 1]?.kind === 'item' && (isStem(text, true) || isRuleStem(text));
    const isPromiseItself = isPromise(text) && /[.;]$/u.test(text);
    return isStemOfList || isPromiseItself ? { kind: 'paragraph', runs: block.runs } : block;
  });
}
