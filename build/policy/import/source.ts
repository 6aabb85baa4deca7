/** What every reader of a document returns, and how it reports progress. */
import type { Result } from '../../../shared/lib/result.ts';
import type { SourceDocument } from './document-model.ts';

/** Why a document cannot be imported, and what the author can do about it. */
type ImportProblem = { readonly reason: string; readonly remedy: string };

export type SourceAnswer = Result<SourceDocument, ImportProblem>;

/** Called during the reading of a long document; `of` is the number of pages. */
export type OnPage = (page: number, of: number) => void;
