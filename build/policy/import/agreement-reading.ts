/** What is gathered while one agreement is read. */
import type { LeftOut } from './clean-document.ts';
import { type Block, check, type Note, plainText, type Run } from './document-model.ts';
import { withoutForm } from './inline-forms.ts';
import { isConditional, isPromiseInAgreement } from './promises.ts';
import { cutPromise } from './sentences.ts';

type DraftStatement = { readonly text: string; readonly required: boolean };

export type Agreement = {
  readonly statements: readonly DraftStatement[];
  /** A line for a signature was found, so the other fields can be trusted. */
  readonly isSigned: boolean;
  readonly asksName: boolean;
  readonly asksRole: boolean;
};

/** The longest statement beside a box; the pack's own rules refuse longer ones. */
const maxStatementCharacters = 400;
export const maxStatements = 50;
/** JSON of all statements that fit into an acknowledgement, with room for ids. */
const maxStatementsBytes = 15 * 1024;

export type Reading = {
  readonly blocks: Block[];
  readonly statements: DraftStatement[];
  readonly notes: Note[];
  readonly leftOut: LeftOut[];
  readonly labels: string[];
  /** The groups that are asked. */
  readonly wanted: ReadonlySet<string>;
  /** No one says "I", so its rules are the statements. */
  readonly takesRules: boolean;
  /** People of several groups speak, each for themselves. */
  readonly hasRoles: boolean;
  /** Its rules are orders that name no one. */
  readonly givesOrders: boolean;
  /** What an author says in a foreword: it stays text. */
  readonly unread: ReadonlySet<Block>;
  /** The person says "I" more often than "we", so that "we" may be the school. */
  readonly saysI: boolean;
  isCountersigned: boolean;
  tooLong: number;
  tooMany: number;
  bytes: number;
};

/** The words of a block without the form in it, and reports its prompts and lines to sign. */
export function readForm(runs: readonly Run[], reading: Reading): string {
  const { text, prompts, labels, hasGap } = withoutForm(plainText(runs));
  for (const prompt of prompts) reading.leftOut.push({ text: prompt, reason: 'prompt of a form' });
  for (const label of labels) {
    reading.labels.push(label);
    reading.leftOut.push({ text: label, reason: 'line for a signature' });
  }
  if (hasGap && isPromiseInAgreement(text)) {
    reading.notes.push(
      check(`A statement has a blank to fill in, and Porthor has none: “${text.slice(0, 120)}”.`),
    );
  }
  return text;
}

/** Adds a stem that is a promise by itself, without the "and" that led to its list. */
export function addStem(promise: string, stem: string, reading: Reading): boolean {
  const isTaken = add(promise, reading);
  const linking = /\b(and|so|ac?|felly):?$/iu.exec(stem)?.[1];
  if (isTaken && linking !== undefined)
    reading.leftOut.push({ text: linking, reason: 'words that only lead to the promises' });
  return isTaken;
}

/** False if the pack's rules leave no room for it. */
export function add(text: string, reading: Reading): boolean {
  const pieces = cutPromise(text, maxStatementCharacters);
  if (pieces === undefined) {
    reading.tooLong += 1;
    return false;
  }
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(JSON.stringify(piece)) + 90, 0);
  if (
    reading.statements.length + pieces.length > maxStatements ||
    reading.bytes + bytes > maxStatementsBytes
  ) {
    reading.tooMany += 1;
    return false;
  }
  reading.bytes += bytes;
  for (const piece of pieces) reading.statements.push({ text: piece, required: !isConditional(piece) });
  return true;
}
