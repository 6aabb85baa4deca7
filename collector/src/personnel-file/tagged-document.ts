/**
 * A tagged PDF on A4: everything that is drawn is either in the structure tree, in reading order, or marked as an artefact.
 * The document calls itself PDF/UA-1 (ISO 14289-1), so each part here keeps a rule of that standard.
 */
import type { Writable } from 'node:stream';
import PDFDocument from 'pdfkit';
import type { Language } from '../../../shared/lib/language.ts';
import type { Fonts } from './fonts.ts';

export type FontName = keyof Fonts;

export interface Run {
  readonly text: string;
  readonly font: FontName;
}

export interface ListItem {
  readonly label: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly runs: readonly Run[] }
  | { readonly kind: 'paragraph'; readonly runs: readonly Run[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] };

type Pdf = InstanceType<typeof PDFDocument>;
type Structure = ReturnType<Pdf['struct']>;

/** The types of PDFKit know the PDF/A names alone. */
const pdfUa = { subset: 'PDF/UA' as unknown as 'PDF/A-1' } as const;

const margin = 56;
const sizes: readonly number[] = [10, 20, 14, 12, 11, 10.5, 10];
const lineGap = 2;
const indentStep = 16;
const labelWidth = 150;
const ink = '#16211f';
const quiet = '#4a5553';

export const plain = (text: string): readonly Run[] => [{ text, font: 'plain' }];

/** The part of the font's reader that says whether it has a letter. The types of PDFKit leave it out. */
interface OpenFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

export interface TaggedDocument {
  /** One person's part: starts on a page of its own, and is an entry of the outline. */
  section(about: { readonly title: string; readonly footer: string }, write: (part: Part) => void): void;
  end(): void;
}

export interface Part {
  /** `language`: where it is not the document's. */
  blocks(blocks: readonly Block[], language?: Language): void;
  facts(facts: readonly (readonly [name: string, value: string])[]): void;
}

export function createTaggedDocument(
  options: { readonly title: string; readonly language: Language; readonly fonts: Fonts },
  target: Writable,
): TaggedDocument {
  const document = new PDFDocument({
    size: 'A4',
    margin,
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    ...pdfUa,
    tagged: true,
    displayTitle: true,
    lang: options.language,
    info: { Title: options.title, Creator: 'Porthor', Producer: 'Porthor' },
  });
  document.pipe(target);
  document.registerFont('plain', options.fonts.plain);
  document.registerFont('strong', options.fonts.strong);
  const root = document.struct('Document', { lang: options.language });
  document.addStructure(root);
  const writer = createBlockWriter(document);

  return {
    section({ title, footer }, write) {
      document.addPage();
      const section = document.struct('Sect', { title });
      root.add(section);
      document.outline.addItem(title);
      write({
        blocks: (blocks, language) => {
          const parent =
            language === undefined || language === options.language
              ? section
              : document.struct('Div', { lang: language });
          if (parent !== section) section.add(parent);
          writer.writeBlocks(parent, blocks, margin);
          if (parent !== section) parent.end();
        },
        facts: (facts) => writer.writeFacts(section, facts),
      });
      section.end();
      writeFooters(document, writer.showable(footer));
      document.flushPages();
    },
    end() {
      root.end();
      document.end();
    },
  };
}

/** Footers are artefacts: a screen reader does not read them on every page. */
function writeFooters(document: Pdf, footer: string): void {
  const { start, count } = document.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    document.switchToPage(start + index);
    const { page } = document;
    const bottom = page.margins.bottom;
    // Text below the margin would start another page.
    page.margins.bottom = 0;
    document.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] });
    document.font('plain').fontSize(8).fillColor(quiet);
    const text = `${footer} · ${index + 1}/${count}`;
    document.text(text, margin, page.height - margin + 16, { lineBreak: false });
    document.endMarkedContent();
    page.margins.bottom = bottom;
  }
}

function createBlockWriter(document: Pdf) {
  const right = () => document.page.width - margin;
  const bottom = () => document.page.height - margin;

  /** A letter that the fonts lack would be an empty box without a meaning, which PDF/UA forbids. */
  const known = new Map<number, boolean>();
  function showable(text: string): string {
    document.font('plain');
    const { font } = (document as unknown as OpenFont)._font;
    const has = (codePoint: number): boolean => {
      const found = known.get(codePoint) ?? font.hasGlyphForCodePoint(codePoint);
      known.set(codePoint, found);
      return found;
    };
    return Array.from(text.normalize('NFC'), (letter) => {
      if (letter === '\n') return letter;
      return has(letter.codePointAt(0) ?? 0) ? letter : '?';
    }).join('');
  }

  /** Starts a page where less than this is left, so that a heading or a label is never alone at the end of one. */
  function keepTogether(height: number): void {
    if (document.y + height > bottom()) document.addPage();
  }

  function drawRuns(runs: readonly Run[], left: number, size: number): void {
    const drawn = runs.filter(({ text }) => text !== '');
    document.x = left;
    for (const [index, { text, font }] of drawn.entries()) {
      document.font(font).fontSize(size).fillColor(ink);
      document.text(showable(text), {
        width: right() - left,
        lineGap,
        continued: index < drawn.length - 1,
      });
    }
  }

  function writeText(
    parent: Structure,
    type: string,
    runs: readonly Run[],
    left: number,
    size: number,
  ): void {
    if (runs.every(({ text }) => text.trim() === '')) return;
    parent.add(document.struct(type, {}, () => drawRuns(runs, left, size)));
  }

  function writeList(parent: Structure, items: readonly ListItem[], left: number): void {
    const list = document.struct('L');
    parent.add(list);
    for (const { label, blocks } of items) {
      const item = document.struct('LI');
      list.add(item);
      keepTogether(30);
      const top = document.y;
      item.add(
        document.struct('Lbl', {}, () => {
          document.font('plain').fontSize(10).fillColor(ink);
          document.text(showable(label), left, top, { lineBreak: false });
        }),
      );
      document.y = top;
      const body = document.struct('LBody');
      item.add(body);
      writeBlocks(body, blocks, left + indentStep);
      body.end();
      item.end();
    }
    list.end();
  }

  function writeTable(parent: Structure, rows: readonly (readonly string[])[], left: number): void {
    document.font('plain').fontSize(9).fillColor(ink);
    document.x = left;
    document.table({
      // The types of PDFKit leave it out.
      ...({ structParent: parent } as object),
      maxWidth: right() - left,
      defaultStyle: { padding: 4, border: 0.5, borderColor: quiet },
      data: rows.map((cells, row) =>
        cells.map((text) =>
          row === 0
            ? { text: showable(text), type: 'TH' as const, scope: 'Column' as const }
            : { text: showable(text) },
        ),
      ),
    });
    document.moveDown(0.5);
  }

  function writeBlocks(parent: Structure, blocks: readonly Block[], left: number): void {
    for (const block of blocks) {
      switch (block.kind) {
        case 'heading': {
          const level = Math.min(Math.max(block.level, 1), 6);
          keepTogether(70);
          document.y += level === 1 ? 0 : 8;
          writeText(parent, `H${level}`, block.runs, left, sizes[level] ?? 10);
          document.y += 3;
          break;
        }
        case 'paragraph':
          keepTogether(16);
          writeText(parent, 'P', block.runs, left, 10);
          document.y += 4;
          break;
        case 'quote': {
          const quote = document.struct('BlockQuote');
          parent.add(quote);
          writeBlocks(quote, block.blocks, left + indentStep);
          quote.end();
          break;
        }
        case 'list':
          writeList(parent, block.items, left);
          document.y += 4;
          break;
        case 'table':
          writeTable(parent, block.rows, left);
          break;
      }
    }
  }

  /** A list whose labels are the names, so that name and value stay together for a screen reader. */
  function writeFacts(parent: Structure, facts: readonly (readonly [string, string])[]): void {
    const list = document.struct('L');
    parent.add(list);
    for (const [name, value] of facts) {
      const [shownName, shownValue] = [showable(name), showable(value === '' ? '–' : value)];
      const left = margin + labelWidth + 10;
      document.font('plain').fontSize(9);
      const nameHeight = document.heightOfString(shownName, { width: labelWidth, lineGap });
      const valueHeight = document.heightOfString(shownValue, { width: right() - left, lineGap });
      keepTogether(Math.max(nameHeight, valueHeight));
      const top = document.y;
      const item = document.struct('LI');
      list.add(item);
      item.add(
        document.struct('Lbl', {}, () => {
          document.font('plain').fontSize(9).fillColor(quiet);
          document.text(shownName, margin, top, { width: labelWidth, lineGap });
        }),
      );
      item.add(
        document.struct('LBody', {}, () => {
          document.font('plain').fontSize(9).fillColor(ink);
          document.text(shownValue, left, top, { width: right() - left, lineGap });
        }),
      );
      item.end();
      document.x = margin;
      document.y = top + Math.max(nameHeight, valueHeight) + 2;
    }
    list.end();
    document.y += 4;
  }

  return { writeBlocks, writeFacts, showable };
}
