/** What Word's paragraph and character styles mean for the text that uses them. */
import { attribute, childOf, childrenOf } from './xml.ts';

export type Look = {
  readonly bold: boolean;
  readonly italic: boolean;
  readonly struck: boolean;
  readonly hidden: boolean;
};

export type StyleRole =
  | { readonly role: 'text' }
  | { readonly role: 'title' }
  | { readonly role: 'contents' }
  | { readonly role: 'heading'; readonly level: number };

type Style = {
  readonly name: string;
  readonly basedOn: string | undefined;
  readonly runProperties: Element | undefined;
  readonly paragraphProperties: Element | undefined;
};

const plainLook: Look = { bold: false, italic: false, struck: false, hidden: false };

export class WordStyles {
  readonly #styles = new Map<string, Style>();
  #defaultParagraph: string | undefined;

  constructor(root: Element | undefined) {
    if (root === undefined) return;
    for (const element of childrenOf(root)) {
      if (element.nodeName !== 'w:style') continue;
      const id = attribute(element, 'w:styleId') ?? '';
      if (attribute(element, 'w:type') === 'paragraph' && isOn(attribute(element, 'w:default') ?? '0')) {
        this.#defaultParagraph = id;
      }
      this.#styles.set(id, {
        name: attribute(childOf(element, 'w:name'), 'w:val') ?? id,
        basedOn: attribute(childOf(element, 'w:basedOn'), 'w:val'),
        runProperties: childOf(element, 'w:rPr'),
        paragraphProperties: childOf(element, 'w:pPr'),
      });
    }
  }

  /** A style's built-in name is English in every language of Word. If the file lacks it, the id says the same. */
  roleOf(styleId: string | undefined): StyleRole {
    for (const id of this.#chain(styleId)) {
      const name = (this.#styles.get(id)?.name ?? id).toLowerCase().replaceAll(' ', '');
      if (name === 'title') return { role: 'title' };
      if (/^toc(?:heading|\d)$/u.test(name)) return { role: 'contents' };
      const level = /^(?:heading|pennawd)(\d)$/u.exec(name)?.[1];
      if (level !== undefined) return { role: 'heading', level: Number(level) };
      const properties = this.#styles.get(id)?.paragraphProperties;
      const outline =
        properties === undefined ? undefined : attribute(childOf(properties, 'w:outlineLvl'), 'w:val');
      if (outline !== undefined && Number(outline) < 9)
        return { role: 'heading', level: Number(outline) + 1 };
    }
    return { role: 'text' };
  }

  /** The list that a paragraph style assigns, and the style that says so. */
  numberingOf(
    styleId: string | undefined,
  ): { readonly numId: string; readonly level: number | undefined; readonly styleId: string } | undefined {
    for (const id of this.#chain(styleId)) {
      const properties = this.#styles.get(id)?.paragraphProperties;
      const numbering = properties === undefined ? undefined : childOf(properties, 'w:numPr');
      if (numbering === undefined) continue;
      const numId = attribute(childOf(numbering, 'w:numId'), 'w:val');
      const level = attribute(childOf(numbering, 'w:ilvl'), 'w:val');
      if (numId !== undefined) {
        return { numId, level: level === undefined ? undefined : Number(level), styleId: id };
      }
    }
    return undefined;
  }

  /** The look that a style gives. For each property the nearest style that sets it decides. */
  lookOf(styleId: string | undefined): Look {
    let look = plainLook;
    for (const id of [...this.#chain(styleId)].reverse()) {
      look = applyLook(look, this.#styles.get(id)?.runProperties);
    }
    return look;
  }

  *#chain(styleId: string | undefined): Generator<string> {
    let id = styleId ?? this.#defaultParagraph;
    for (let depth = 0; id !== undefined && depth < 20; depth += 1) {
      yield id;
      id = this.#styles.get(id)?.basedOn;
    }
  }
}

/** Applies direct formatting over the look so far. */
export function applyLook(look: Look, properties: Element | undefined): Look {
  if (properties === undefined) return look;
  const toggle = (name: string, before: boolean) => {
    const element = childOf(properties, name);
    return element === undefined ? before : isOn(attribute(element, 'w:val') ?? 'on');
  };
  return {
    bold: toggle('w:b', look.bold),
    italic: toggle('w:i', look.italic),
    struck: toggle('w:strike', toggle('w:dstrike', look.struck)),
    hidden: toggle('w:vanish', look.hidden),
  };
}

function isOn(value: string): boolean {
  return value !== '0' && value !== 'false' && value !== 'off';
}
