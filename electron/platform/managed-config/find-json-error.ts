/** Finds where a text stops being JSON, without quoting it: the text may hold a token. */

export interface JsonError {
  /** Line and column of the first character that does not fit, both from 1. */
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

const whitespace = /[ \t\n\r]*/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Between the quotation marks: everything from the space on but the mark itself and the backslash. */
const stringBody = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

type Expectation = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const wording: Readonly<Record<Expectation, string>> = {
  value: 'a value (text in double quotes, a number, true, false, null, [ or {)',
  'value-or-end': 'a value or ]',
  name: 'a key in double quotes (is there a comma too many before it?)',
  'name-or-end': 'a key in double quotes or }',
  colon: 'a colon',
  'comma-or-end': 'a comma or the closing bracket',
  nothing: 'the end of the file',
};

/**
 * Undefined when the text is JSON. Kept by hand because the runtime's own message quotes the text, and names no line
 * in the older of the runtimes. It keeps its own stack, so that no depth of nesting can exhaust that of the process.
 */
export function findJsonError(text: string): JsonError | undefined {
  const closers: ('}' | ']')[] = [];
  let expect: Expectation = 'value';
  let at = 0;

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return false;
    at = pattern.lastIndex;
    return true;
  };
  const error = (expected: string): JsonError => {
    const before = text.slice(0, at);
    const line = before.split(/\r\n|\n|\r/u).length;
    const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
    return { line, column: at - lineStart + 1, expected };
  };
  const afterValue = (): Expectation => (closers.length === 0 ? 'nothing' : 'comma-or-end');
  /** Takes a whole string; an error stands where the string stops being one. */
  const takeString = (): boolean => {
    if (!take(stringBody) || text[at] !== '"') return false;
    at += 1;
    return true;
  };

  for (;;) {
    take(whitespace);
    const next = text[at];
    if (next === undefined) return expect === 'nothing' ? undefined : error(wording[expect]);
    switch (expect) {
      case 'nothing':
        return error(wording.nothing);
      case 'value':
      case 'value-or-end':
        if (next === ']' && expect === 'value-or-end') {
          closers.pop();
          at += 1;
          expect = afterValue();
        } else if (next === '{' || next === '[') {
          closers.push(next === '{' ? '}' : ']');
          at += 1;
          expect = next === '{' ? 'name-or-end' : 'value-or-end';
        } else if (next === '"') {
          if (!takeString()) return error(stringError(text, at));
          expect = afterValue();
        } else {
          if (!take(scalar)) return error(wording[expect]);
          expect = afterValue();
        }
        break;
      case 'name':
      case 'name-or-end':
        if (next === '}' && expect === 'name-or-end') {
          closers.pop();
          at += 1;
          expect = afterValue();
        } else {
          if (next !== '"') return error(wording[expect]);
          if (!takeString()) return error(stringError(text, at));
          expect = 'colon';
        }
        break;
      case 'colon':
        if (next !== ':') return error(wording.colon);
        at += 1;
        expect = 'value';
        break;
      case 'comma-or-end': {
        const closer = closers.at(-1);
        if (next === closer) {
          closers.pop();
          at += 1;
          expect = afterValue();
        } else if (next === ',') {
          at += 1;
          expect = closer === '}' ? 'name' : 'value';
        } else {
          return error(wording['comma-or-end']);
        }
        break;
      }
    }
  }
}

/** The commonest mistake of all in a Windows path deserves its own words. */
function stringError(text: string, at: number): string {
  if (text[at] === '\\') return 'two backslashes where the text means one';
  return 'the closing double quote';
}
