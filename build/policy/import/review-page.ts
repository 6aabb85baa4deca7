/**
 * Writes one page on which an author compares a document with its draft: the source at the left, as the import has read
 * it, and the draft at the right, as the gate shows it. The page needs no other file, and holds no script.
 */
import { readFile } from 'node:fs/promises';
import type { Language } from '../../../shared/lib/language.ts';
import type { Note, SourceDocument } from './document-model.ts';
import type { Draft } from './make-draft.ts';
import { findFates } from './review-fates.ts';
import { escapeHtml, renderSource } from './review-source.ts';
import { renderPolicyText } from './review-text.ts';

export type Review = {
  /** Name of the file. */
  readonly name: string;
  readonly title: string;
  readonly language: Language;
  readonly source: SourceDocument;
  readonly draft: Draft;
  readonly notes: readonly Note[];
};

export async function writeReview(review: Review): Promise<string> {
  const { name, title, language, source, draft, notes } = review;
  const checks = notes.filter(({ kind }) => kind === 'check').map(({ text }) => text);
  const fates = findFates(source.blocks, draft, checks);
  const page = `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Review of ${escapeHtml(name)}</title>
<style>
${await readStyles()}
</style>
</head>
<body>
<a class="skip" href="#draft">Go to the draft</a>
<header>
<h1>Review of ${escapeHtml(name)}</h1>
<p>At the left is the document as the import has read it, and at the right the draft as people read it in Porthor. Every
part of the document says what became of it. Nothing here can be changed: change the files of the draft.</p>
</header>
<section class="doubts" aria-labelledby="doubts">
<h2 id="doubts">What to check</h2>
${listDoubts(checks, fates.placeOfDoubt)}
</section>
<main class="panes">
<section class="pane" aria-labelledby="source">
<h2 id="source">The document</h2>
<div class="paper" lang="${language}">
${renderSource(source.blocks, fates)}
</div>
</section>
<section class="pane" aria-labelledby="draft">
<h2 id="draft">The draft</h2>
<div lang="${language}">
<p class="draft-title">${escapeHtml(title)}</p>
<div class="policy-text">
${renderPolicyText(draft.markdown)}
</div>
</div>
<h3>Statements to tick (${draft.statements.length})</h3>
${listStatements(draft, language, fates.placeOfStatement)}
<h3>Fields of the form</h3>
<ul>
<li>Full name: ${draft.fields.fullName}</li>
<li>Job title or role: ${draft.fields.jobRole}</li>
</ul>
</section>
</main>
</body>
</html>
`;
  return page;
}

/** The colours and the text of the gate, then what only this page has. */
async function readStyles(): Promise<string> {
  const files = ['tokens', 'base', 'policy-text'].map((sheet) => `../../../renderer/styles/${sheet}.css`);
  const sheets = await Promise.all(
    [...files, './review-page.css'].map((file) => readFile(new URL(file, import.meta.url), 'utf8')),
  );
  return sheets.join('\n');
}

function listDoubts(checks: readonly string[], places: ReadonlyMap<number, string>): string {
  if (checks.length === 0) return '<p>Nothing in particular.</p>';
  const items = checks.map((text, index) => {
    const place = places.get(index + 1);
    const link =
      place === undefined
        ? ''
        : ` <a href="#${place}">Show in the document<span class="visually-hidden">: doubt ${index + 1}</span></a>`;
    return `<li id="doubt-${index + 1}">${escapeHtml(text)}${link}</li>`;
  });
  return `<ol>\n${items.join('\n')}\n</ol>`;
}

function listStatements(draft: Draft, language: Language, places: ReadonlyMap<number, string>): string {
  if (draft.statements.length === 0) return '<p>None.</p>';
  const items = draft.statements.map(({ text, required }, index) => {
    const number = index + 1;
    const place = places.get(number);
    const link =
      place === undefined
        ? '<span class="tag">not found in the document as it is here</span>'
        : `<a href="#${place}">Show in the document<span class="visually-hidden">: statement ${number}</span></a>`;
    const optional = required ? '' : ' <span class="tag">optional</span>';
    return `<li id="statement-${number}"><span lang="${language}">${escapeHtml(text)}</span>${optional} ${link}</li>`;
  });
  return `<ol class="statements">\n${items.join('\n')}\n</ol>`;
}
