/** Reports what the author must know of the agreement that was read. */
import { maxStatements, type Reading } from './agreement-reading.ts';
import { check, plainText, textOf } from './document-model.ts';

export function tellAgreement(reading: Reading): void {
  const { notes, statements, blocks, tooLong, tooMany, isCountersigned, takesRules } = reading;
  if (tooLong > 0) {
    notes.push(
      check(`${tooLong} promises are too long for a box to tick and stayed in the text: shorten them.`),
    );
  }
  if (isCountersigned) {
    notes.push(
      check(
        'A signature for the school was asked for. Porthor has no place for it: the school gives it in its own way, on paper for instance.',
      ),
    );
  }
  if (tooMany > 0) {
    notes.push(
      check(
        `A pack holds ${maxStatements} statements; ${tooMany} more promises stayed in the text: put some together.`,
      ),
    );
  }
  if (takesRules && statements.length > 0) {
    notes.push(
      check(
        'The agreement gives rules in the third person, and they became the statements: let each say “I” where that reads better.',
      ),
    );
  }
  const optional = statements.filter(({ required }) => !required).length;
  if (optional > 0) {
    notes.push(check(`${optional} statements concern some people only and may be left unticked.`));
  }
  const firstPerson = blocks.filter(
    (block) =>
      (block.kind === 'paragraph' || block.kind === 'item') &&
      /(?<![\p{L}'’])(?:I|my|me)(?![\p{L}])|\b(?:byddaf|fyddaf|rwyf)\b/u.test(plainText(block.runs)),
  );
  const unread = firstPerson.length - tooLong - tooMany;
  if (unread > 0) {
    const shown = firstPerson.slice(0, 5).map((block) => `“${textOf(block).slice(0, 80)}”`);
    notes.push(
      check(
        `${unread} sentences of the agreement in the first person stayed in its text: ${shown.join(', ')}.`,
      ),
    );
  }
  const seconds = statements.filter(({ text }) => /\byou (?:agree|accept|confirm|understand)\b/iu.test(text));
  for (const { text } of seconds)
    notes.push(check(`A statement speaks to “you”; let it say “I”: “${text.slice(0, 120)}”.`));
}
