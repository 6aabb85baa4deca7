/** Shows text from outside so that it misleads no reader: names what cannot be seen or changes the direction. */

/** Control and format characters, line and paragraph separators, and letters and symbols that are drawn as nothing. */
const unseen = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2800|\u3164|\uffa0/gu;

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** A name such as `Carys\u202e` becomes `Carys[U+202E]`. */
export function showText(text: string): string {
  return text.replace(unseen, nameOf);
}

/** The same for lines on a terminal: line breaks and tabs stay. */
export function showLines(text: string): string {
  return text.replace(unseen, (character) =>
    character === '\n' || character === '\t' ? character : nameOf(character),
  );
}
