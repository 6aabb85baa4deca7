/**
 * Checks the English of comments, test titles, documents and the words on the screen by `prose-rules.ts`.
 * `--all` also lists what is wrong in the folders that are not mended yet, and which of them are mended by now.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { type Fault, findFaults, mayHoldPhrase, type Passage } from './prose-rules.ts';

/** Folders whose prose is not mended yet. Take out what you mend; put nothing in. */
export const notYetMended: readonly string[] = [];

const rooms = [
  'assets/locales',
  'build',
  'collector',
  'docs',
  'electron',
  'findings',
  'renderer',
  'shared',
  'tests',
];

interface FileFault extends Fault {
  readonly file: string;
}

/** The comments and the test titles of a source file. */
export const passagesOfSource = (file: string, text: string): readonly Passage[] => {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const passages: Passage[] = [];
  const seen = new Set<number>();
  const addComments = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) {
      if (seen.has(pos)) continue;
      seen.add(pos);
      // The stars of a block comment would hide a phrase that goes over the end of a line.
      const comment = text.slice(pos, end).replace(/^( *)(?:\*|\/\/) ?/gmu, '$1');
      passages.push({ line: lineOf(pos), text: comment, kind: 'comment' });
    }
  };
  const visit = (node: ts.Node): void => {
    // JSX text holds no comments; what looks like one there is on the screen.
    if (node.kind !== ts.SyntaxKind.JsxText) {
      addComments(ts.getLeadingCommentRanges(text, node.getFullStart()));
      addComments(ts.getTrailingCommentRanges(text, node.getEnd()));
    }
    if (ts.isCallExpression(node) && /^(?:test|it|describe)\b/u.test(node.expression.getText(source))) {
      const [title] = node.arguments;
      if (title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
        passages.push({
          line: lineOf(title.getStart(source)),
          text: title.getText(source),
          kind: 'test title',
        });
      }
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return passages;
};

/** The paragraphs and list items of a Markdown file, without code and without tables. */
export const passagesOfMarkdown = (text: string): readonly Passage[] => {
  const passages: Passage[] = [];
  let lines: string[] = [];
  let startsAt = 0;
  const end = (): void => {
    if (lines.length > 0) passages.push({ line: startsAt, text: lines.join('\n'), kind: 'document' });
    lines = [];
  };
  let inCode = false;
  for (const [index, line] of text.split('\n').entries()) {
    const isFence = /^\s*```/u.test(line);
    if (isFence) inCode = !inCode;
    const isProse = !isFence && !inCode && line.trim() !== '' && !/^\s*(?:\||#|<|\[[^\]]+\]:)/u.test(line);
    if (!isProse || /^\s*(?:[-*+]|\d+\.)\s/u.test(line)) end();
    if (!isProse) continue;
    if (lines.length === 0) startsAt = index + 1;
    // Code is one word, and of a link its text is what a person reads.
    const plain = line.replace(/`[^`]*`/gu, '`code`').replace(/\[([^\]]*)\]\([^)]*\)/gu, '$1');
    lines.push(plain.replace(/^\s*(?:[-*+>]|\d+\.)\s+/u, ''));
  }
  end();
  return passages;
};

/** The English of a file of words, which holds one language a line. */
const passagesOfWords = (text: string): readonly Passage[] =>
  text.split('\n').flatMap((line, index) => {
    const english = /"en-GB": ("(?:[^"\\]|\\.)*")/u.exec(line)?.[1];
    return english === undefined
      ? []
      : [{ line: index + 1, text: english, kind: 'words on the screen' } as const];
  });

const passagesOf = (file: string, text: string): readonly Passage[] => {
  if (file.endsWith('.md')) return passagesOfMarkdown(text);
  // Most files hold none of the phrases, and need not be taken apart.
  if (!mayHoldPhrase(text)) return [];
  return file.endsWith('.json') ? passagesOfWords(text) : passagesOfSource(file, text);
};

const isChecked = (file: string): boolean =>
  file.startsWith('assets/locales/') ? file.endsWith('.json') : /\.(?:tsx?|js|md)$/u.test(file);

const listFiles = (): readonly string[] => {
  const found = readdirSync(projectRoot).filter((file) => file.endsWith('.md'));
  for (const room of rooms) {
    let entries: readonly string[] = [];
    try {
      entries = readdirSync(path.join(projectRoot, room), { recursive: true, encoding: 'utf8' });
    } catch {
      // A room that is not there yet.
    }
    for (const entry of entries) found.push(`${room}/${entry.split(path.sep).join('/')}`);
  }
  return found.filter((file) => !file.includes('node_modules/') && isChecked(file));
};

const folderOf = (file: string): string => path.posix.dirname(file);

/** Every fault outside the folders of `exempt`. */
export const findProseFaults = (exempt: readonly string[]): readonly FileFault[] =>
  listFiles()
    .filter((file) => !exempt.includes(folderOf(file)))
    .flatMap((file) =>
      passagesOf(file, readFileSync(path.join(projectRoot, file), 'utf8'))
        .flatMap(findFaults)
        .map((fault) => ({ file, ...fault })),
    );

export const describeFault = ({ file, line, message }: FileFault): string => `${file}:${line}: ${message}`;

const main = (): Promise<number> => {
  const { values } = parseArgs({ options: { all: { type: 'boolean' } } });
  const faults = findProseFaults(values.all === true ? [] : notYetMended);
  for (const fault of faults) console.error(describeFault(fault));
  if (values.all === true) {
    const left = new Set(faults.map(({ file }) => folderOf(file)));
    for (const folder of notYetMended.filter((listed) => !left.has(listed))) {
      console.error(`${folder} is mended: take it out of notYetMended in build/dev/lint-prose.ts.`);
    }
  }
  return Promise.resolve(faults.some(({ file }) => !notYetMended.includes(folderOf(file))) ? 1 : 0);
};

if (import.meta.main) await runMain(main);
