/** The colours keep their contrast in both themes, computed from the style sheet itself. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../../build/runtime/paths.ts';

const sheet = readFileSync(path.join(projectRoot, 'renderer/styles/tokens.css'), 'utf8');

function tokensIn(css: string): ReadonlyMap<string, string> {
  return new Map(
    [...css.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/gu)].map(([, name = '', value = '']) => [name, value]),
  );
}

const darkAt = sheet.indexOf('@media (prefers-color-scheme: dark)');
const themes = [
  ['light', tokensIn(sheet.slice(0, darkAt))],
  ['dark', tokensIn(sheet.slice(darkAt))],
] as const;

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [lighter = 0, darker = 0] = [luminance(first), luminance(second)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

const words = [
  ['text', 'page'],
  ['text', 'surface'],
  ['text', 'accent-wash'],
  ['text', 'danger-wash'],
  ['quiet', 'page'],
  ['quiet', 'surface'],
  ['quiet', 'accent-wash'],
  ['quiet', 'danger-wash'],
  ['accent', 'page'],
  ['accent', 'surface'],
  ['accent', 'accent-wash'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['danger', 'page'],
  ['danger', 'surface'],
  ['danger', 'danger-wash'],
  ['good', 'page'],
  ['good', 'surface'],
  ['on-rail', 'rail'],
  ['rail-quiet', 'rail'],
] as const;

/** Borders of controls and focus rings. */
const edges = [
  ['edge', 'page'],
  ['edge', 'surface'],
  ['danger', 'surface'],
  ['focus', 'page'],
  ['focus', 'surface'],
  ['focus', 'accent-wash'],
  ['rail-edge', 'rail'],
  ['accent', 'page'],
  ['focus-on-rail', 'rail'],
] as const;

describe.each(themes)('%s', (_name, tokens) => {
  const between = (first: string, second: string) =>
    contrast(tokens.get(first) ?? '#000000', tokens.get(second) ?? '#000000');

  test.each(words)('%s on %s has enough contrast for text', (first, second) => {
    expect(between(first, second)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(edges)('%s beside %s has enough contrast to be seen', (first, second) => {
    expect(between(first, second)).toBeGreaterThanOrEqual(3);
  });
});

test('both themes define the same colours', () => {
  expect([...themes[1][1].keys()].toSorted()).toEqual([...themes[0][1].keys()].toSorted());
  expect(themes[0][1].size).toBeGreaterThan(15);
});
