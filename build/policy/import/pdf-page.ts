/** Reads a page of a PDF: pieces of text with their position and look, drawn bullets, pictures, and the structure. */
import type { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>;
type PdfOperators = Awaited<ReturnType<typeof getResolvedPDFJS>>['OPS'];
export type StructureNode = NonNullable<Awaited<ReturnType<PdfPage['getStructTree']>>>;

export type Piece = {
  readonly text: string;
  /** In points from the left and from the foot of the page. */
  readonly x: number;
  readonly y: number;
  readonly endX: number;
  /** Height of the letters in points. */
  readonly size: number;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  /** Readers do not see it: its layer is off, or it is drawn in no colour or in the paper's. */
  readonly isHidden: boolean;
  /** Its place in the structure of the page. */
  readonly contentId: string | undefined;
};

/** A small drawn shape in the place of a bullet, or a small square in the place of a box to tick. */
export type DrawnSign = { readonly x: number; readonly y: number; readonly isBox: boolean };

export type PageContent = {
  readonly pieces: readonly Piece[];
  readonly signs: readonly DrawnSign[];
  /** Lines drawn across the page, and the upper and lower edges of boxes. */
  readonly rules: readonly Rule[];
  /** Upright lines, and the left and right edges of boxes. */
  readonly walls: readonly Wall[];
  /** Share of the page that the largest picture covers. */
  readonly pictureShare: number;
  readonly pictures: number;
  readonly height: number;
  readonly structure: StructureNode | undefined;
  /** Invisible text over a picture of the page: the scanner's own reading of it. */
  readonly isScan: boolean;
};

export type Wall = { readonly x: number; readonly bottom: number; readonly top: number };
export type Rule = { readonly y: number; readonly left: number; readonly right: number };

type Matrix = readonly [number, number, number, number, number, number];
type Box = { readonly left: number; readonly bottom: number; readonly right: number; readonly top: number };

type PageOptions = {
  readonly operators: PdfOperators;
  readonly layers: Layers;
  /** False: the file has no structure. */
  readonly isTagged: boolean;
};

export async function readPage(
  page: PdfPage,
  { operators, layers, isTagged }: PageOptions,
): Promise<PageContent> {
  const upright = uprightMatrix(page.view, page.rotate);
  const view = placeView(upright, page.view);
  const [, bottom = 0, , top = 842] = view;
  const tree = isTagged ? await page.getStructTree().catch(() => null) : null;
  const [content, list] = await Promise.all([
    page.getTextContent({ includeMarkedContent: tree !== null }),
    page.getOperatorList(),
  ]);
  const drawn = followDrawing(list, operators, { view, upright }, watchLayers(layers, operators));
  const isScan = drawn.pictureShare > 0.5 && drawn.shown.some(({ isUndrawn }) => isUndrawn);
  const isGlyphHidden = alignGlyphs(unusualGlyphs(drawn.shown), isScan);
  const pieces: Piece[] = [];
  const marked: (string | undefined)[] = [];
  const fonts = new Map<string, string>();
  for (const item of content.items) {
    if ('type' in item) {
      if (item.type === 'endMarkedContent') marked.pop();
      else marked.push(item.type === 'beginMarkedContentProps' ? (item.id ?? undefined) : undefined);
      continue;
    }
    if (item.str === '') continue;
    const [, , skew = 0, scale = 0, left = 0, base = 0] = item.transform.map(Number);
    const x = upright[0] * left + upright[2] * base + upright[4];
    const y = upright[1] * left + upright[3] * base + upright[5];
    const size = Math.hypot(skew, scale) || 1;
    const font = fonts.get(item.fontName) ?? fontName(page, item.fontName);
    fonts.set(item.fontName, font);
    const glyphs = isGlyphHidden(item.str);
    pieces.push({
      text: glyphs.text,
      x,
      y,
      endX: x + item.width,
      size,
      isBold: /bold|black|heavy|semibold|demi/iu.test(font),
      isItalic: /italic|oblique/iu.test(font),
      isHidden: glyphs.isHidden,
      contentId: marked.findLast((id) => id !== undefined),
    });
  }
  return {
    pieces,
    signs: drawn.signs,
    rules: drawn.rules,
    walls: drawn.walls,
    pictureShare: drawn.pictureShare,
    pictures: drawn.pictures,
    height: top - bottom,
    structure: tree ?? undefined,
    isScan,
  };
}

/** A page may be stored on its side, with the command to turn it for the reader. */
function uprightMatrix(view: readonly number[], rotation: number): Matrix {
  const [left = 0, bottom = 0, right = 595, top = 842] = view;
  switch (((rotation % 360) + 360) % 360) {
    case 90:
      return [0, -1, 1, 0, -bottom, right];
    case 180:
      return [-1, 0, 0, -1, right, top];
    case 270:
      return [0, 1, -1, 0, top, -left];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}

function placeView(upright: Matrix, view: readonly number[]): readonly number[] {
  const [left = 0, bottom = 0, right = 595, top = 842] = view;
  const box = place(upright, { left, bottom, right, top });
  return [box.left, box.bottom, box.right, box.top];
}

type Layers = Awaited<ReturnType<PdfDocument['getOptionalContentConfig']>>;

interface LayerWatch {
  /** Notes where a mark starts or ends; ignores every other command. */
  readonly follow: (operator: number, args: readonly unknown[]) => void;
  /** True within a layer that is switched off. */
  readonly isOff: () => boolean;
}

/** The text of a page does not name its layer: `id` is null there. Only the drawing commands do. */
function watchLayers(layers: Layers, operators: PdfOperators): LayerWatch {
  const marks: boolean[] = [];
  return {
    follow(operator, [tag, group]) {
      if (operator === operators.beginMarkedContent) marks.push(false);
      else if (operator === operators.beginMarkedContentProps) {
        marks.push(tag === 'OC' && !isVisible(layers, group));
      } else if (operator === operators.endMarkedContent) marks.pop();
    },
    isOff: () => marks.includes(true),
  };
}

function isVisible(layers: Layers, group: unknown): boolean {
  try {
    return layers.isVisible(group) !== false;
  } catch {
    return true;
  }
}

function fontName(page: PdfPage, id: string): string {
  if (!page.commonObjs.has(id)) return '';
  const font: unknown = page.commonObjs.get(id);
  if (typeof font !== 'object' || font === null || !('name' in font)) return '';
  const isBold = 'bold' in font && font.bold === true ? ' bold' : '';
  return `${String(font.name)}${isBold}`;
}

/** One command that draws letters. */
type Shown = {
  /** The letters, in the form of the reader. */
  readonly drawn: unknown;
  readonly isOff: boolean;
  readonly isUndrawn: boolean;
  readonly isPale: boolean;
};

type DrawnGlyph = {
  readonly text: string;
  readonly isOff: boolean;
  readonly isUndrawn: boolean;
  readonly isPale: boolean;
  readonly isSoft: boolean;
};

/** Follows the drawing commands of a page, to learn which letters are visible and what is drawn beside them. */
function followDrawing(
  list: Awaited<ReturnType<PdfPage['getOperatorList']>>,
  operators: PdfOperators,
  { view, upright }: { readonly view: readonly number[]; readonly upright: Matrix },
  layer: LayerWatch,
) {
  const [left = 0, bottom = 0, right = 595, top = 842] = view;
  const pageArea = (right - left) * (top - bottom);
  const shown: Shown[] = [];
  const signs: DrawnSign[] = [];
  const areas: Box[] = [];
  const rules: Rule[] = [];
  const walls: Wall[] = [];
  let pictureShare = 0;
  let pictures = 0;
  let state = { matrix: upright, isPale: false, mode: 0 };
  const stack: (typeof state)[] = [];
  let text: Matrix = [1, 0, 0, 1, 0, 0];
  // Only pale letters need to know where they stand.
  const hasPale = list.fnArray.some((operator, index) => {
    const args: unknown = list.argsArray[index];
    return operator === operators.setFillRGBColor && Array.isArray(args) && isWhite(args);
  });
  const addPicture = () => {
    const box = place(state.matrix, { left: 0, bottom: 0, right: 1, top: 1 });
    const share = ((box.right - box.left) * (box.top - box.bottom)) / pageArea;
    pictureShare = Math.max(pictureShare, share);
    if (box.right - box.left > 24 && box.top - box.bottom > 24) pictures += 1;
    if (share > 0.001) areas.push(box);
  };
  const addPath = (painting: number, box: readonly number[]) => {
    const placed = place(state.matrix, toBox(box));
    const isFilled = ![operators.stroke, operators.closeStroke, operators.endPath].includes(painting);
    const sign = asSign(placed, isFilled);
    rules.push(...asRules(placed));
    walls.push(...asWalls(placed));
    if (sign !== undefined) signs.push(sign);
    else if (isFilled && !state.isPale) areas.push(placed);
  };
  for (const [index, operator] of list.fnArray.entries()) {
    const args: readonly unknown[] = Array.isArray(list.argsArray[index]) ? list.argsArray[index] : [];
    layer.follow(operator, args);
    switch (operator) {
      case operators.save:
        stack.push(state);
        break;
      case operators.restore:
        state = stack.pop() ?? state;
        break;
      case operators.transform:
        state = { ...state, matrix: multiply(state.matrix, toMatrix(args)) };
        break;
      case operators.paintFormXObjectBegin:
        stack.push(state);
        if (isNumbers(args[0])) state = { ...state, matrix: multiply(state.matrix, toMatrix([...args[0]])) };
        break;
      case operators.paintFormXObjectEnd:
        state = stack.pop() ?? state;
        break;
      case operators.setFillRGBColor:
        state = { ...state, isPale: isWhite(args) };
        break;
      case operators.setTextRenderingMode:
        state = { ...state, mode: Number(args[0]) };
        break;
      case operators.beginText:
      case operators.setTextMatrix:
      case operators.moveText:
      case operators.setLeadingMoveText:
        if (hasPale) text = moveText(text, operator, args, operators);
        break;
      case operators.paintImageXObject:
      case operators.paintInlineImageXObject:
      case operators.paintImageMaskXObject:
        if (!layer.isOff()) addPicture();
        break;
      case operators.constructPath: {
        if (isNumbers(args[2]) && !layer.isOff()) addPath(Number(args[0]), [...args[2]]);
        break;
      }
      case operators.showText: {
        const isPale = state.isPale && isOnPaper(multiply(state.matrix, text), areas);
        const isUndrawn = state.mode === 3 || state.mode === 7;
        shown.push({ drawn: args[0], isOff: layer.isOff(), isUndrawn, isPale });
        break;
      }
      default:
        break;
    }
  }
  return { shown, signs, rules, walls, pictureShare, pictures };
}

function isOnPaper(at: Matrix, areas: readonly Box[]): boolean {
  return !areas.some((area) => contains(area, at[4], at[5]));
}

/** Where the next line of text starts, after a command that sets or moves it. */
function moveText(text: Matrix, operator: number, args: readonly unknown[], operators: PdfOperators): Matrix {
  if (operator === operators.beginText) return [1, 0, 0, 1, 0, 0];
  if (operator === operators.setTextMatrix) return toMatrix(isNumbers(args[0]) ? [...args[0]] : args);
  return multiply(text, [1, 0, 0, 1, Number(args[0]), Number(args[1])]);
}

/** The letters of a page that has invisible letters or soft hyphens. Other pages have none, as they need no search. */
function unusualGlyphs(shown: readonly Shown[]): readonly DrawnGlyph[] {
  const isUnusual = shown.some(
    ({ drawn, isOff, isUndrawn, isPale }) =>
      isOff || isUndrawn || isPale || (Array.isArray(drawn) && drawn.some(isSoftHyphen)),
  );
  const glyphs: DrawnGlyph[] = [];
  if (!isUnusual) return glyphs;
  for (const { drawn, isOff, isUndrawn, isPale } of shown) {
    for (const glyph of Array.isArray(drawn) ? drawn : []) {
      if (typeof glyph !== 'object' || glyph === null || !('unicode' in glyph)) continue;
      const isSoft = isSoftHyphen(glyph);
      for (const text of String(glyph.unicode).replaceAll(/\s/gu, '')) {
        glyphs.push({ text, isOff, isUndrawn, isPale, isSoft });
      }
    }
  }
  return glyphs;
}

/** The reader gives a soft hyphen as a plain one. */
function isSoftHyphen(glyph: unknown): boolean {
  return (
    typeof glyph === 'object' &&
    glyph !== null &&
    'originalCharCode' in glyph &&
    glyph.originalCharCode === 0xad &&
    'unicode' in glyph &&
    /^[-\u00AD\u2010]$/u.test(String(glyph.unicode))
  );
}

function isNumbers(value: unknown): value is ArrayLike<number> & Iterable<number> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function toMatrix(values: readonly unknown[]): Matrix {
  const [a, b, c, d, e, f] = values.map(Number);
  return [a ?? 1, b ?? 0, c ?? 0, d ?? 1, e ?? 0, f ?? 0];
}

function toBox(values: readonly unknown[]): Box {
  const [left = 0, bottom = 0, right = 0, top = 0] = values.map(Number);
  return { left, bottom, right, top };
}

function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [g, h, i, j, k, l] = inner;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function place(matrix: Matrix, box: Box): Box {
  const [a, b, c, d, e, f] = matrix;
  const xs = [box.left, box.right].flatMap((x) => [box.bottom, box.top].map((y) => a * x + c * y + e));
  const ys = [box.left, box.right].flatMap((x) => [box.bottom, box.top].map((y) => b * x + d * y + f));
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}

function contains({ left, right, bottom, top }: Box, x: number, y: number): boolean {
  return x >= left - 1 && x <= right + 1 && y >= bottom - 1 && y <= top + 1;
}

function asRules({ left, right, bottom, top }: Box): readonly Rule[] {
  if (right - left < 18) return [];
  if (top - bottom < 3) return [{ y: (top + bottom) / 2, left, right }];
  return [
    { y: top, left, right },
    { y: bottom, left, right },
  ];
}

/** An upright line, or the two edges of a box that may be a cell. */
function asWalls({ left, right, bottom, top }: Box): readonly Wall[] {
  if (top - bottom < 8) return [];
  if (right - left < 3) return [{ x: (left + right) / 2, bottom, top }];
  if (right - left < 18) return [];
  return [
    { x: left, bottom, top },
    { x: right, bottom, top },
  ];
}

function asSign({ left, right, bottom, top }: Box, isFilled: boolean): DrawnSign | undefined {
  const width = right - left;
  const height = top - bottom;
  const isSquare = Math.abs(width - height) < Math.max(width, height) * 0.35;
  if (!isSquare || width < 1.2 || width > 15) return undefined;
  if (isFilled && width > 9) return undefined;
  return { x: left, y: (top + bottom) / 2, isBox: !isFilled && width > 5 };
}

/** White or nearly so, in any form in which this version of the reader gives colours. */
function isWhite(args: readonly unknown[]): boolean {
  const [first] = args;
  if (typeof first === 'string') return /^#f[a-f\d]f[a-f\d]f[a-f\d]$/iu.test(first);
  const numbers = args.map(Number);
  return numbers.length >= 3 && numbers.slice(0, 3).every((value) => value >= 245);
}

/** Assigns to each piece of text, in the order of the page, its drawn letters and whether they are visible. */
function alignGlyphs(glyphs: readonly DrawnGlyph[], isScan: boolean) {
  let at = 0;
  return (text: string): { readonly text: string; readonly isHidden: boolean } => {
    if (glyphs.length === 0) return { text, isHidden: false };
    const letters = [...text];
    const places: (DrawnGlyph | undefined)[] = [];
    let next = at;
    let found = 0;
    for (const letter of letters) {
      if (/\s/u.test(letter)) {
        places.push(undefined);
        continue;
      }
      // The reader may have composed a letter from several, or changed the order: search a little further on.
      let look = next;
      while (look < glyphs.length && look < next + 8 && glyphs[look]?.text !== letter) look += 1;
      if (glyphs[look]?.text === letter) {
        places.push(glyphs[look]);
        next = look + 1;
        found += 1;
      } else places.push(undefined);
    }
    const wanted = letters.filter((letter) => !/\s/u.test(letter)).length;
    if (wanted === 0 || found < wanted * 0.7) return { text, isHidden: false };
    at = next;
    const seen = places.filter((glyph) => glyph !== undefined);
    const unseen = seen.filter(
      ({ isOff, isUndrawn, isPale }) => isOff || (isUndrawn && !isScan) || isPale,
    ).length;
    // A hyphen that only marks where a word may break is no hyphen within a line.
    const whole = letters
      .filter(
        (_letter, index) => !(places[index]?.isSoft === true && /\p{L}/u.test(letters[index + 1] ?? '')),
      )
      .join('');
    return { text: whole, isHidden: unseen > seen.length / 2 };
  };
}
