/** One agreement on paper, for the personnel file: who answered what, the exact text, and what proves it. */
import type { ConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import type { FullRecord } from '../routes/console-record.ts';
import { policyBlocks } from './policy-blocks.ts';
import { type Block, type Part, plain, type TaggedDocument } from './tagged-document.ts';

export interface Paper {
  readonly schoolName: string;
  /** ISO UTC. */
  readonly madeAt: string;
  readonly words: ConsoleTranslator;
}

const heading = (level: number, text: string): Block => ({
  kind: 'heading',
  level,
  runs: [{ text, font: 'strong' }],
});
const paragraph = (text: string): Block => ({ kind: 'paragraph', runs: plain(text) });
const bullets = (texts: readonly string[]): Block => ({
  kind: 'list',
  items: texts.map((text) => ({ label: '•', blocks: [paragraph(text)] })),
});

function nameOf({ view }: FullRecord): string {
  return view.fullName === '' ? view.account : view.fullName;
}

export function titleOf(record: FullRecord, { text }: ConsoleTranslator): string {
  return text('console-personnel-file.title', { name: nameOf(record) });
}

function policyTitle({ view }: FullRecord, { language }: ConsoleTranslator): string {
  return view.policyTitle?.[language] ?? view.policyId;
}

function writeAnswer(part: Part, record: FullRecord, { schoolName, madeAt, words }: Paper): void {
  const { view } = record;
  const { text, language } = words;
  part.blocks([heading(1, titleOf(record, words))]);
  part.facts([
    [text('console-personnel-file.policy'), `${policyTitle(record, words)}, ${view.policyVersion}`],
    [text('console.answer'), text(`console.action.${view.action}`)],
    [text('console-personnel-file.answeredAt'), showMoment(view.decidedAt, language)],
    [text('console.who'), view.fullName],
    [text('console.jobRole'), view.jobRole],
    [text('console.account'), view.account],
    [text('console.pc'), view.hostname],
    [text('console.shownIn'), text(view.language === 'cy-GB' ? 'console.welsh' : 'console.english')],
    [text('console.received'), showMoment(view.receivedAt, language)],
    ...(schoolName === '' ? [] : [[text('console-personnel-file.school'), schoolName] as const]),
    [text('console-personnel-file.madeAt'), showMoment(madeAt, language)],
  ]);
}

function writeStatements(part: Part, { view }: FullRecord, { text }: ConsoleTranslator): void {
  part.blocks([heading(2, text('console.statements'))]);
  if (view.statements.length === 0) part.blocks([paragraph(text('console.noStatements'))]);
  for (const { text: statement, ticked } of view.statements) {
    part.blocks([
      paragraph(text(ticked ? 'console-personnel-file.ticked' : 'console-personnel-file.notTicked')),
    ]);
    part.blocks([{ kind: 'quote', blocks: [paragraph(statement)] }], view.language);
  }
}

function logLine({ view }: FullRecord, { text, language }: ConsoleTranslator): string {
  const { log } = view;
  if (log.state !== 'included') {
    return text(log.state === 'waiting' ? 'console.proof.waiting' : 'console.proof.broken');
  }
  const format = new Intl.NumberFormat(language);
  return text('console.proof.included', { leaf: format.format(log.leaf + 1), size: format.format(log.size) });
}

function writeProof(part: Part, record: FullRecord, words: ConsoleTranslator): void {
  const { view } = record;
  const { text, language } = words;
  part.blocks([
    heading(2, text('console.proof')),
    bullets([
      text(`console.proof.signature.${view.signature}`),
      logLine(record, words),
      text(view.text === undefined ? 'console.proof.noText' : 'console.proof.text'),
    ]),
    heading(2, text('console-countersign.countersignature')),
    view.countersignature === undefined
      ? paragraph(text('console-countersign.missing'))
      : paragraph(
          text('console-personnel-file.countersigned', {
            name: view.countersignature.by,
            when: showMoment(view.countersignature.at, language),
          }),
        ),
  ]);
}

/** The key that a JWS names in its header; empty where it cannot be read. */
function keyOf(evidence: string): string {
  try {
    const header: unknown = JSON.parse(
      Buffer.from(evidence.split('.')[0] ?? '', 'base64url').toString('utf8'),
    );
    return String((header as { readonly kid?: unknown }).kid ?? '');
  } catch {
    return '';
  }
}

/** The line of a signed note that holds the signature. */
const signatureLine = (note: string): string => note.trimEnd().split('\n').at(-1) ?? '';

function writeTechnical(part: Part, record: FullRecord, { text }: ConsoleTranslator): void {
  const { view, evidence, proof, countersignature } = record;
  const [origin = '', size = '', root = ''] = (proof?.checkpoint ?? '').split('\n');
  part.blocks([
    heading(2, text('console-personnel-file.technical')),
    paragraph(text('console-personnel-file.technical.why')),
  ]);
  part.facts([
    [text('console.record'), view.eventId],
    [text('console.textHash'), view.textSha256],
    [text('console-personnel-file.pcSignature'), evidence.split('.')[2] ?? ''],
    [text('console-personnel-file.pcKey'), keyOf(evidence)],
    [text('console-personnel-file.schoolSignature'), signatureLine(countersignature)],
    [text('console-personnel-file.leaf'), proof?.leafSha256 ?? ''],
    [text('console-personnel-file.checkpoint'), `${origin} ${size} ${root}`.trim()],
  ]);
}

function writeText(part: Part, { view }: FullRecord, { text }: ConsoleTranslator): void {
  part.blocks([heading(2, text('console.exactText'))]);
  if (view.text === undefined) part.blocks([paragraph(text('console.exactText.missing'))]);
  else part.blocks(policyBlocks(view.text, 3), view.language);
}

/** The language of the paper's own words may be another than that of the text which was signed. */
export function writeAgreement(document: TaggedDocument, record: FullRecord, paper: Paper): void {
  const { words } = paper;
  const footer = words.text('console-personnel-file.footer', {
    name: nameOf(record),
    policy: policyTitle(record, words),
    version: record.view.policyVersion,
  });
  document.section({ title: titleOf(record, words), footer }, (part) => {
    writeAnswer(part, record, paper);
    writeStatements(part, record, words);
    writeProof(part, record, words);
    writeText(part, record, words);
    writeTechnical(part, record, words);
  });
}

/** A name that every file system accepts, and that no other entry of the ZIP has. */
export function fileNameOf(record: FullRecord, words: ConsoleTranslator, taken: Set<string>): string {
  const parts = [nameOf(record), policyTitle(record, words), record.view.policyVersion];
  const name = parts
    .join(' ')
    .replaceAll(/[^\p{L}\p{M}\p{N} ._-]+/gu, '')
    .trim()
    .slice(0, 120);
  for (let number = 1; ; number += 1) {
    const candidate = `${name === '' ? record.view.eventId : name}${number === 1 ? '' : ` (${number})`}.pdf`;
    const key = candidate.normalize('NFC').toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return candidate;
  }
}
