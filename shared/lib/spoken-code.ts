/** Codes that people read out over the telephone: short groups, and no two signs that look or sound alike. */

/**
 * No O I L Z S B, which look like digits; no U V N; and of letters whose names rhyme, in English or in Welsh, one at most.
 * `A` sounds like `8`.
 */
export const spokenAlphabet = '0123456789FHKMQRTWXY';

const lookalikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', Z: '2', S: '5', B: '8' };

/** Without what people put between groups, in capital letters, and with the digits that were meant. */
export function normaliseSpoken(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[\s\-–—.,_]/gu, '')
    .replaceAll(/[OILZSB]/gu, (sign) => lookalikes[sign] ?? sign);
}

/** `0123-4567` */
export function groupSpoken(signs: string): string {
  return (signs.match(/.{1,4}/gu) ?? []).join('-');
}
