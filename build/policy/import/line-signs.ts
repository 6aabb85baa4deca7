/** What a line of text shows by its form alone: an item of a list, a heading, a line for a signature. */

import type { NumberFormat } from './document-model.ts';
import { remembered } from './remembered.ts';
import { romanValue } from './word-numbering.ts';

/**
 * Signs before the items of a list: bullets, arrows, boxes and ticks. Private-use letters are what remains of the
 * symbol fonts in which word processors write them.
 */
const bulletSigns = '•▪◦·●○‣⁃■□◆◇❖➢➤➔►▶▸→⇒✓✔✗✘»›♦✦★☆⬜⬛◻◼▫';
const boxSigns = '☐☑☒🗹🗷';
/** A sign that can only be a bullet, with or without a space after it. */
const certainSign = new RegExp(
  String.raw`^(?:[${bulletSigns}${boxSigns}\uE000-\uF8FF]\uFE0E?|\[[ xX✓✔]?\]|\(\s\))\s*`,
  'u',
);
/** A sign that is a bullet only before a space. */
const spacedSign = /^(?:(?:[-+–—]|\*{1,3}|O(?=\s+I\s))\s+|\*(?=I\s))/u;

export type ListSign = {
  readonly label: string;
  readonly format: NumberFormat;
  /** The number of characters of the sign and the space after it. */
  readonly length: number;
};

/** The sign before an item, with every box and tick after it; undefined if the line has none. */
export function listSign(line: string): ListSign | undefined {
  const number = numberSign(line);
  const signs = bulletLength(number === undefined ? line : line.slice(number.length));
  if (number !== undefined) return { ...number, length: number.length + signs };
  return signs === 0 ? undefined : { label: '•', format: 'bullet', length: signs };
}

/** The number of characters at the front that are bullets, boxes and ticks. */
export function bulletLength(line: string): number {
  let length = 0;
  for (;;) {
    const rest = line.slice(length);
    const sign = (certainSign.exec(rest) ?? spacedSign.exec(rest))?.[0];
    if (sign === undefined || sign.length === rest.length) return length;
    length += sign.length;
  }
}

/** A bullet or a number without words behind it. */
const loneSign = new RegExp(
  String.raw`^(?:[-–*]\s*)?[${bulletSigns}\uE000-\uF8FF]$|^[-–*]$|^\(?(?:\d{1,2}|[a-z])[.)]$`,
  'u',
);

export function isLoneSign(line: string): boolean {
  return loneSign.test(line);
}

const trailingBoxes = new RegExp(
  String.raw`[\s:]*(?:(?:[${boxSigns}□■✓✔⬜◻▫\uE000-\uF8FF]|\[[ xX]?\]|(?<!_)_{2,}(?!_)|(?<!…)…{2,}(?!…)|(?<!\.)\.{5,}(?!\.))\s*)+$`,
  'u',
);

/** Removes boxes, ticks and dots at the end of a line, which come from a column to tick or sign. */
export function withoutTrailingBoxes(line: string): string {
  return line.replace(trailingBoxes, '').trimEnd();
}

function numberSign(line: string): ListSign | undefined {
  const found =
    /^(?:\((\d{1,3}|[a-z]|[ivx]{1,6}|[A-Z])\)|(\d{1,3}|[a-z]|[ivx]{2,6})[.)]|([A-Z]|[IVX]{2,6})\))\s+(?=\S)|^(\d{1,2})[.)](?=\p{Lu}[\p{L}\s'’])/u.exec(
      line,
    );
  const sign = found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4];
  if (found === null || sign === undefined) return undefined;
  return { label: found[0].trim(), format: formatOfSign(sign), length: found[0].length };
}

/** A single letter belongs to the alphabet unless it can only start a roman list. */
function formatOfSign(sign: string): NumberFormat {
  if (/^\d/u.test(sign)) return 'decimal';
  const isSmall = sign === sign.toLowerCase();
  const value = romanValue(sign.toLowerCase());
  if (value !== undefined && (sign.length > 1 || sign.toLowerCase() === 'i')) {
    return isSmall ? 'lower-roman' : 'upper-roman';
  }
  return isSmall ? 'lower-letter' : 'upper-letter';
}

const labelWords =
  /\b(?:signatures?|signed|sign here|sign|signing|names?|surname|forenames?|dated?|print(?:ed)?|please|block|capitals?|letters|caps|title|job|role|positions?|post|designation|headteacher|head|headship|principal|deputy|teachers?|parents?|guardians?|carers?|pupils?|students?|learners?|child|child['’]s|children|staff|members?|employees?|managers?|line|supervisor|users?|visitors?|volunteers?|governors?|governor['’]s|contractors?|organisation|company|department|class|classes|forms?|tutor|group|year|witness(?:ed)?|authorised|approved|accepted|received|completed|school|behalf|chair|id|number|no|nos|payroll|reference|telephone|phone|tel|email|e-mail|address|full|first|last|sur|family|your|my|own|today['’]s|relationship|if|under|over|the|of|by|for|to|on|in|at|an?|and|or|here|both|i\/we|ms|mrs|mr|miss|dr|dd|mm|yy|yyyy|enw|enwau|llawn|llofnod|llofnodwyd|llofnodion|dyddiad|teitl|swydd|rôl|derbyniwyd|ar|ran|yr|ysgol|pennaeth|dirprwy|disgybl|dysgwr|rhiant|gofalwr|gwarcheidwad|aelod|o|staff|dosbarth|blwyddyn|neu|a|y|athro|athrawes|rheolwr|gweithiwr|llythrennau|bras|printiwch|os|gwelwch|yn|dda)(?:['’]s|s['’])?(?![\p{L}])/giu;

const labelKey =
  /name|surname|signature|signed|\bsign\b|\bdated?\b|job title|\brole\b|position|accepted for|authorised|witness|employee n|staff id|payroll|\benw\b|llofnod|dyddiad|swydd|rôl|ar ran/iu;

/** Rows of dots or underscores, or the box of a form, to be filled in. */
const blanks = /_{2,}|\.{4,}|…{1,}\.*|(?:[☐□]\s*)+|\[\s*\]|-{5,}/gu;

/** The starts of the words of `labelKey`. Most lines have none of them, and need no further look. */
const perhapsLabel =
  /nam|sign|dat|job|role|position|accepted|authori|witness|employee|staff|payroll|enw|llofnod|dydd|swydd|rôl|ar ran/iu;

/** The line only names what to fill in: "Job title / Role", "Signed: ______ Date:". */
export const isLabel = remembered(asksToFill);

function asksToFill(line: string): boolean {
  if (!hasBlank(line) && (line.length > 160 || !perhapsLabel.test(line))) return false;
  const plain = line.replaceAll(/[*\\]/gu, '').replaceAll(blanks, ' _ ').replaceAll(/\s+/gu, ' ').trim();
  if (plain.length > 160 || !/\p{L}/u.test(plain)) return false;
  const unparted = mendParted(plain);
  const isRow = isRowOfBlanks(unparted);
  // Two blanks with a few words each can be nothing else, whatever they ask for.
  const asksAnything = isRow && unparted.split(' _').length > 2;
  if (!labelKey.test(unparted) && !asksAnything) return false;
  if (/\.\s*$/u.test(plain) && !/_\s*\.?$/u.test(plain)) return false;
  if (isRow) return true;
  return unparted.replaceAll(labelWords, '').replaceAll(/[\s\d:_.…/()\-–—|,&*’'´\t]+/gu, '') === '';
}

/** "Post held ____ Signed ____": names of a few words, each before or after its blank, whatever the words are. */
function isRowOfBlanks(line: string): boolean {
  if (!/(?:^|\s)_(?:\s|$)/u.test(line)) return false;
  const names = line.split(/(?:^|\s)_(?=\s|$)/u).filter((name) => /\p{L}/u.test(name));
  return names.every(
    (name) => name.trim().split(/\s+/u).length <= 5 && !/[.;!?]\s|\b(?:I|we|you)\b/u.test(name),
  );
}

/** A scanner splits the words of such lines: "Sign ed", "Dat e". */
function mendParted(line: string): string {
  return line
    .replaceAll(/\bsign\s+(ed|ature)\b/giu, 'sign$1')
    .replaceAll(/\bdat\s+e\b/giu, 'date')
    .replaceAll(/\bna\s?me\b|\bnam\s+e\b/giu, 'name');
}

/** The line has blanks to fill in, so it can only be a field. */
export function hasBlank(line: string): boolean {
  return /_{3,}|\.{5,}|…{2,}|-{6,}/u.test(line);
}

export function headingBySign(line: string): { readonly level: number; readonly text: string } | undefined {
  if (line.length > 300) return undefined;
  const marked = /^(#{1,6})\s+(.+?)\s*#*$/u.exec(line);
  if (marked?.[1] !== undefined && marked[2] !== undefined) {
    return { level: marked[1].length, text: marked[2] };
  }
  const bold = /^\s*(\*{2,3}|__)(?!\s)(.{2,80}?)\1:?$/u.exec(line)?.[2];
  if (bold !== undefined && !bold.includes('*') && !/[.;,:?!]$/u.test(bold) && /^[\p{Lu}\d]/u.test(bold)) {
    return { level: 0, text: bold };
  }
  return undefined;
}

/** `2.1.3` gives 3, `A.1` gives 2; undefined for a line without such a number. */
export function sectionDepth(line: string): number | undefined {
  const number = /^(\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z]\.\d{1,2})\.?\s+\S/u.exec(line.replaceAll('*', ''))?.[1];
  return number?.split('.').length;
}

export function withoutMarks(text: string): string {
  return text
    .replaceAll(/!?\[((?:\\.|[^\]\\])*)\]\([^)]*\)/gu, '$1')
    .replaceAll(/(?<!\\)(?:\*{1,3}|(?<![\p{L}\d])_{1,2}|_{1,2}(?![\p{L}\d]))/gu, '')
    .replaceAll(/\\([!-/:-@[-`{-~])/gu, '$1')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}
