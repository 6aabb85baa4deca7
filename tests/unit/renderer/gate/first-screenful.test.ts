/** The part of a text that the gate paints first: whole paragraphs from its start, enough to fill the window. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstScreenful } from '../../../../renderer/gate/first-screenful.ts';

describe('firstScreenful', () => {
  it('keeps a text complete if it fits', () => {
    expect(firstScreenful('# Title\n\nA short one.', 768)).toBe('# Title\n\nA short one.');
  });

  it('ends at the end of a paragraph', () => {
    const paragraph = 'word '.repeat(100).trim();
    const text = Array.from({ length: 40 }, () => paragraph).join('\n\n');
    const first = firstScreenful(text, 768);
    expect(first.length).toBeLessThan(text.length / 2);
    expect(text.slice(first.length).startsWith('\n\n')).toBe(true);
  });

  it('is a start of the text that fills a window of any height', () => {
    const paragraphs = fc.array(fc.string({ minLength: 1, maxLength: 400 }), { maxLength: 60 });
    fc.assert(
      fc.property(paragraphs, fc.integer({ min: 0, max: 4320 }), (parts, heightPx) => {
        const text = parts.join('\n\n');
        const first = firstScreenful(text, heightPx);
        expect(text.startsWith(first)).toBe(true);
        // Lines of eighty characters, twenty pixels high: no style sheet sets them closer.
        expect(first === text || first.length / 80 >= heightPx / 20).toBe(true);
      }),
    );
  });
});
