/** Computes the numbers that Word shows before headings and list items; the document's text does not hold them. */
import type { NumberFormat } from './document-model.ts';
import { attribute, childOf, childrenOf } from './xml.ts';

type Level = {
  readonly format: string;
  readonly start: number;
  /** `%1.%2` with the number of each level. */
  readonly text: string;
  /** The level after which this one restarts; undefined for any higher level. */
  readonly restartAfter: number | undefined;
  readonly isLegal: boolean;
};
type Instance = {
  readonly abstractId: string;
  readonly levels: ReadonlyMap<number, Level>;
  /** Levels that restart at this number where the instance is first used. */
  readonly restarts: ReadonlyMap<number, number>;
};

export type WordNumber = {
  readonly listId: string;
  readonly format: NumberFormat | 'none';
  readonly label: string;
};

export class WordNumbering {
  readonly #instances = new Map<string, Instance>();
  readonly #levelOfStyle = new Map<string, number>();
  readonly #counters = new Map<string, number[]>();
  readonly #used = new Set<string>();

  constructor(root: Element | undefined) {
    if (root === undefined) return;
    const abstracts = new Map<string, Map<number, Level>>();
    const byStyle = new Map<string, string>();
    const borrowed = new Map<string, string>();
    for (const element of childrenOf(root)) {
      if (element.nodeName !== 'w:abstractNum') continue;
      const id = attribute(element, 'w:abstractNumId') ?? '';
      abstracts.set(id, this.#readLevels(element));
      const defines = attribute(childOf(element, 'w:styleLink'), 'w:val');
      if (defines !== undefined) byStyle.set(defines, id);
      const uses = attribute(childOf(element, 'w:numStyleLink'), 'w:val');
      if (uses !== undefined) borrowed.set(id, uses);
    }
    for (const element of childrenOf(root)) {
      if (element.nodeName !== 'w:num') continue;
      const named = attribute(childOf(element, 'w:abstractNumId'), 'w:val') ?? '';
      const abstractId = byStyle.get(borrowed.get(named) ?? '') ?? named;
      const levels = new Map(abstracts.get(abstractId) ?? []);
      const restarts = new Map<number, number>();
      for (const override of childrenOf(element)) {
        if (override.nodeName !== 'w:lvlOverride') continue;
        const index = Number(attribute(override, 'w:ilvl') ?? 0);
        const start = attribute(childOf(override, 'w:startOverride'), 'w:val');
        if (start !== undefined) restarts.set(index, Number(start));
        const own = childOf(override, 'w:lvl');
        if (own !== undefined) levels.set(index, readLevel(own));
      }
      this.#instances.set(attribute(element, 'w:numId') ?? '', { abstractId, levels, restarts });
    }
  }

  /** The level at which a paragraph style takes part in its list, if the list says so. */
  levelOfStyle(styleId: string): number | undefined {
    return this.#levelOfStyle.get(styleId);
  }

  /** Counts up. Undefined if the list is unknown or switched off. */
  next(numId: string, levelIndex: number): WordNumber | undefined {
    const instance = this.#instances.get(numId);
    if (instance === undefined) return undefined;
    const level = instance.levels.get(levelIndex) ?? {
      format: 'decimal',
      start: 1,
      text: `%${levelIndex + 1}.`,
      restartAfter: undefined,
      isLegal: false,
    };
    const counters = this.#counters.get(instance.abstractId) ?? [];
    this.#counters.set(instance.abstractId, counters);
    if (!this.#used.has(numId)) {
      this.#used.add(numId);
      for (const [index, start] of instance.restarts) {
        counters.length = Math.min(counters.length, index + 1);
        counters[index] = start - 1;
      }
    }
    for (let index = 0; index < levelIndex; index += 1) {
      counters[index] ??= instance.levels.get(index)?.start ?? 1;
    }
    counters[levelIndex] = (counters[levelIndex] ?? level.start - 1) + 1;
    // Deeper levels restart, unless the level says that it continues.
    for (let index = levelIndex + 1; index < counters.length; index += 1) {
      const restartAfter = instance.levels.get(index)?.restartAfter;
      if (restartAfter === undefined || (restartAfter > 0 && levelIndex < restartAfter)) {
        delete counters[index];
      }
    }
    const format = formatOf(level.format);
    const label =
      format === 'bullet'
        ? '•'
        : level.text.replaceAll(/%(\d)/gu, (_whole, digit: string) => {
            const index = Number(digit) - 1;
            const source = instance.levels.get(index);
            return formatNumber(
              counters[index] ?? source?.start ?? 1,
              level.isLegal ? 'decimal' : (source?.format ?? 'decimal'),
            );
          });
    return {
      listId: `word-${instance.abstractId}`,
      format: label.trim() === '' ? 'none' : format,
      label: label.trim(),
    };
  }

  #readLevels(abstract: Element): Map<number, Level> {
    const levels = new Map<number, Level>();
    for (const element of childrenOf(abstract)) {
      if (element.nodeName !== 'w:lvl') continue;
      const index = Number(attribute(element, 'w:ilvl') ?? 0);
      levels.set(index, readLevel(element));
      const style = attribute(childOf(element, 'w:pStyle'), 'w:val');
      if (style !== undefined) this.#levelOfStyle.set(style, index);
    }
    return levels;
  }
}

function readLevel(element: Element): Level {
  const value = (name: string) => attribute(childOf(element, name), 'w:val');
  const restart = value('w:lvlRestart');
  return {
    format: value('w:numFmt') ?? 'decimal',
    start: Number(value('w:start') ?? 1),
    text: value('w:lvlText') ?? '',
    restartAfter: restart === undefined ? undefined : Number(restart),
    isLegal: childOf(element, 'w:isLgl') !== undefined,
  };
}

function formatOf(name: string): NumberFormat | 'none' {
  switch (name) {
    case 'bullet':
      return 'bullet';
    case 'none':
      return 'none';
    case 'lowerLetter':
      return 'lower-letter';
    case 'upperLetter':
      return 'upper-letter';
    case 'lowerRoman':
      return 'lower-roman';
    case 'upperRoman':
      return 'upper-roman';
    default:
      return 'decimal';
  }
}

export function formatNumber(value: number, format: string): string {
  switch (format) {
    case 'lowerLetter':
    case 'lower-letter':
      return letters(value);
    case 'upperLetter':
    case 'upper-letter':
      return letters(value).toUpperCase();
    case 'lowerRoman':
    case 'lower-roman':
      return roman(value);
    case 'upperRoman':
    case 'upper-roman':
      return roman(value).toUpperCase();
    case 'decimalZero':
      return String(value).padStart(2, '0');
    case 'ordinal':
      return `${value}${ordinalEnding(value)}`;
    case 'none':
      return '';
    default:
      return String(value);
  }
}

function ordinalEnding(value: number): string {
  if (value % 100 >= 11 && value % 100 <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th';
}

/** a to z, then aa, bb, as Word counts. */
function letters(value: number): string {
  if (value < 1) return '';
  return String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.ceil(value / 26));
}

const romanParts = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
] as const;

function roman(value: number): string {
  let rest = Math.min(value, 3999);
  let text = '';
  for (const [part, sign] of romanParts) {
    while (rest >= part) {
      text += sign;
      rest -= part;
    }
  }
  return text;
}

/** The value of a roman number in small letters; undefined if it is none. */
export function romanValue(text: string): number | undefined {
  if (!/^[ivxlcdm]+$/u.test(text)) return undefined;
  let rest = text;
  let value = 0;
  for (const [part, sign] of romanParts) {
    while (rest.startsWith(sign)) {
      value += part;
      rest = rest.slice(sign.length);
    }
  }
  return rest === '' && roman(value) === text ? value : undefined;
}
