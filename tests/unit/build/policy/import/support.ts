/** Drafts of documents in memory, for tests of single kinds of documents. */
import { type Draft, makeDraft } from '../../../../../build/policy/import/make-draft.ts';
import { readSource } from '../../../../../build/policy/import/read-source.ts';
import type { Language } from '../../../../../shared/lib/language.ts';

type Options = {
  readonly audience?: string;
  readonly language?: Language;
  readonly agreement?: string;
};

/** @param name its extension gives the format of a text. */
export async function importDraft(
  name: string,
  content: Uint8Array | string,
  { audience = 'staff', language = 'en-GB', agreement }: Options = {},
): Promise<Draft> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const source = await readSource(name, bytes, { language, onPage: () => undefined });
  if (!source.ok) throw new Error(source.error.reason);
  return makeDraft(source.value, { audience, language, agreement });
}

export const textsOf = (draft: Draft) => draft.statements.map(({ text }) => text);
export const linesOf = (draft: Draft) => draft.markdown.split('\n').filter((line) => line !== '');
export const notesOf = (draft: Draft) => draft.notes.map(({ text }) => text).join('\n');
