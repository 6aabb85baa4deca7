/** Gives the blocks of a document the kinds that the search for agreements relies on. */

import { isAudienceHeading } from './agreement-headings.ts';
import { groupsNamed } from './audiences.ts';
import { type Block, dropStart, plainText, trimRuns } from './document-model.ts';
import { bulletLength } from './line-signs.ts';
import { isPromise, isStem } from './promises.ts';
import { isRuleStem } from './rules-of-others.ts';

export function prepareBlocks(blocks: readonly Block[]): readonly Block[] {
  return stemsAsText(withTitles(withSpeakers(withFields(withRunInTitles(bulletsAsItems(blocks))))));
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
