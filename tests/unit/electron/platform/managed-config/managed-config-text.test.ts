import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonError } from '../../../../../electron/platform/managed-config/find-json-error.ts';
import { parseConfigText } from '../../../../../electron/platform/managed-config/parse-config-text.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the place where a text stops being JSON', () => {
  it('is found exactly where the runtime refuses the text', () => {
    const nearly = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', '\\', '0', '-', ' ', ':', '\u0001', 'é'),
      )
      .map(([text, where, inserted]) => {
        const at = where % (text.length + 1);
        return text.slice(0, at) + inserted + text.slice(at + (where % 3));
      });
    fc.assert(
      fc.property(
        fc.oneof(
          nearly,
          fc.json(),
          fc.string(),
          fc.string({ unit: fc.constantFrom(...'{}[],:"0123456789truefalsn.-+eE \n\\u') }),
        ),
        (text) => {
          expect(findJsonError(text) === undefined).toBe(isJson(text));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['{\n  "siteName": "Ysgol y Bryn"\n  "language": "auto"\n}', 3, 3, 'a comma or the closing bracket'],
    ['{\r\n  "idle": {\r\n    "enabled": yes\r\n  }\r\n}', 3, 16, /^a value/u],
    ['{"stateDirectory": "D:\\State"}', 1, 23, 'two backslashes where the text means one'],
    ['{"siteName": "Ysgol', 1, 20, 'the closing double quote'],
    ['{"gate": {},}', 1, 13, /comma too many/u],
    ['{"gate": {}', 1, 12, 'a comma or the closing bracket'],
    ['{} x', 1, 4, 'the end of the file'],
    ['{siteName: "x"}', 1, 2, /^a key in double quotes/u],
    ['', 1, 1, /^a value/u],
  ] as const)('has a line and a column: %j', (text, line, column, expected) => {
    expect(findJsonError(text)).toEqual({
      line,
      column,
      expected: typeof expected === 'string' ? expected : (expect.stringMatching(expected) as string),
    });
  });

  it('is found under any depth of nesting', () => {
    const depth = 500_000;
    expect(findJsonError('['.repeat(depth))).toMatchObject({ column: depth + 1 });
    expect(findJsonError('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined();
  });
});

describe('a configuration file', () => {
  it('may start with Notepad’s byte order mark', () => {
    expect(parseConfigText(bytes('\uFEFF{"siteName":"Ysgol Tŷ Gwyn"}'))).toMatchObject({
      ok: true,
      value: { siteName: 'Ysgol Tŷ Gwyn' },
    });
  });

  it.each([
    ['UTF-16 little-endian', Buffer.from('\uFEFF{}', 'utf16le'), 'UTF-16'],
    ['UTF-16 big-endian', Buffer.from('\uFEFF{}', 'utf16le').swap16(), 'UTF-16'],
    ['Latin-1', Buffer.from('{"siteName":"Siân"}', 'latin1'), 'UTF-8'],
    ['nothing', Buffer.alloc(0), 'empty'],
  ])('in %s is refused with advice', (_name, content, word) => {
    expect(parseConfigText(content)).toEqual({
      ok: false,
      error: [{ key: 'document', reason: expect.stringContaining(word) as string }],
    });
  });

  it('that is not JSON is reported by line and column, and never quoted', () => {
    const answer = parseConfigText(bytes('{\n "enrolmentToken": hunter2\n}'));
    expect(answer).toMatchObject({
      ok: false,
      error: [{ key: 'document', reason: expect.stringContaining('line 2, column 20') as string }],
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('never makes the reader throw, whatever bytes it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const answer = parseConfigText(content);
        expect(answer.ok || answer.error.length > 0).toBe(true);
      }),
    );
  });
});
