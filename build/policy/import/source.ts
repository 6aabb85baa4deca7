/** What every reader of a document answers, and how it tells that it goes on. */
import type { Result } from '../../../shared/lib/result.ts';
import type { SourceDocument } from './document-model.ts';

/** Why a document cannot be imported, and what to do about it. */
type ImportProblem = { readonly reason: string; readonly remedy: string };

export type SourceAnswer = Result<SourceDocument, ImportProblem>;

/** Called as a long document is read; `of` is the number of pages. */
export type OnPage = (page: number, of: number) => void;
