/** What every reader of a document hands on: lines by page, and what it noticed on the way. */
import type { Result } from '../../../shared/lib/result.ts';

type SourceKind = 'word' | 'pdf' | 'markdown' | 'text';

export type Source = {
  readonly kind: SourceKind;
  /** Lines of each page; a document without pages is one page. Headings and items may carry Markdown's marks. */
  readonly pages: readonly (readonly string[])[];
  /** Lines end where their author ended them, not where the page did. */
  readonly trustsBreaks: boolean;
  /** The lines carry Markdown's marks for bold and italics. */
  readonly hasMarkup: boolean;
  readonly notes: readonly Note[];
};

/** One line of the report: what was done, or what a person must look at. */
export type Note = { readonly kind: 'done' | 'check'; readonly text: string };

/** Why a document cannot be imported, and what to do about it. */
type ImportProblem = { readonly reason: string; readonly remedy: string };

export type SourceAnswer = Result<Source, ImportProblem>;

/** Told as a long document is read; `of` is the number of pages. */
export type OnPage = (page: number, of: number) => void;

export const done = (text: string): Note => ({ kind: 'done', text });
export const check = (text: string): Note => ({ kind: 'check', text });
