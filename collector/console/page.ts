/** The console's pages as HTML that is whole without JavaScript. */
import { type Language, languages } from '../../shared/lib/language.ts';
import { schoolTimeZone } from '../../shared/policy/school-calendar.ts';
import type { AcknowledgementRecord } from '../src/repositories/acknowledgements.ts';
import type { PcRecord } from '../src/repositories/pcs.ts';
import { showText } from '../src/show-text.ts';
import { Html, html } from './escape-html.ts';
import { type Words, wordsByLanguage } from './words.ts';

/** One row of the list, ready to be shown; the live script receives the same and only places it. */
export interface AcknowledgementRow {
  readonly position: number;
  readonly decidedAt: string;
  readonly when: string;
  readonly who: string;
  readonly role: string;
  readonly account: string;
  readonly action: AcknowledgementRecord['action'];
  readonly answer: string;
  /** What is wrong with the answer, in words; empty where nothing is. */
  readonly doubt: string;
  readonly policy: string;
  readonly language: string;
  readonly pc: string;
  /** The sentence that a screen reader speaks when the row arrives. */
  readonly announcement: string;
}

const languageNames: Readonly<Record<Language, string>> = { 'en-GB': 'English', 'cy-GB': 'Cymraeg' };

export function toRow(
  record: AcknowledgementRecord,
  language: Language,
  policyTitle: string | undefined,
): AcknowledgementRow {
  const words = wordsByLanguage[language];
  const answers = {
    accepted: words.accepted,
    declined: words.declined,
    'help-requested': words.helpRequested,
  } as const;
  const who = showText(record.fullName === '' ? record.accountName : record.fullName);
  const answer = answers[record.action];
  return {
    position: record.position,
    decidedAt: record.decidedAt,
    when: describeTime(record.decidedAt, language),
    who,
    role: showText(record.jobRole),
    account: showText(
      record.accountDomain === '' ? record.accountName : `${record.accountDomain}\\${record.accountName}`,
    ),
    action: record.action,
    answer,
    doubt: doubtAbout(record, words),
    policy: `${showText(policyTitle ?? record.policyId)}, ${words.version} ${record.policyVersion}`,
    language: record.language === 'cy-GB' ? words.welsh : words.english,
    pc: showText(record.hostname),
    announcement: words.arrived.replace('{who}', () => who).replace('{answer}', () => answer),
  };
}

function describeTime(at: string, language: Language): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: schoolTimeZone,
  }).format(new Date(at));
}

function doubtAbout({ evidence, standing }: AcknowledgementRecord, words: Words): string {
  if (evidence === 'missing') return words.unsigned;
  const isGood = evidence === 'valid' || evidence === 'unbound' || evidence === 'unchecked';
  if (!isGood) return words.badSignature;
  return standing === 'counts' ? '' : words.doesNotCount;
}

function renderRow(row: AcknowledgementRow): Html {
  return html`<tr data-position="${row.position}">
<td><time datetime="${row.decidedAt}">${row.when}</time></td>
<th scope="row"><span class="who"><bdi>${row.who}</bdi></span><span class="role"><bdi>${row.role}</bdi></span></th>
<td><bdi>${row.account}</bdi></td>
<td><span class="answer" data-action="${row.action}">${row.answer}</span><span class="role">${row.doubt}</span></td>
<td><bdi>${row.policy}</bdi></td>
<td>${row.language}</td>
<td><bdi>${row.pc}</bdi></td>
</tr>`;
}

function renderDocument(language: Language, title: string, query: string, body: Html, head: Html): Html {
  const words = wordsByLanguage[language];
  const links = languages.map((other) =>
    other === language
      ? html`<a href="?lang=${other}${query}" lang="${other}" aria-current="true">${languageNames[other]}</a>`
      : html`<a href="?lang=${other}${query}" lang="${other}" hreflang="${other}">${languageNames[other]}</a>`,
  );
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Porthor</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/page.css">
${head}
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header><p class="product">Porthor</p><nav aria-label="${words.languageSwitch}">${links}</nav></header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

function renderEmpty(words: Words): Html {
  return html`<div class="empty"><h2>${words.emptyTitle}</h2>
<ol>${words.emptySteps.map((step) => html`<li>${step}</li>`)}</ol></div>`;
}

/** `before` is the position that the page was asked to start under; absent on the newest page, which is live. */
export function renderList(page: {
  readonly language: Language;
  readonly rows: readonly AcknowledgementRow[];
  /** Position to ask the next older page with; absent when there is none. */
  readonly olderThan: number | undefined;
  readonly before: number | undefined;
}): string {
  const { language, rows, olderThan, before } = page;
  const words = wordsByLanguage[language];
  const isLive = before === undefined;
  const table = html`<div class="scroll" role="region" aria-labelledby="caption" tabindex="0"${new Html(rows.length === 0 ? ' hidden' : '')}>
<table>
<caption id="caption">${words.caption}</caption>
<thead><tr><th scope="col">${words.when}</th><th scope="col">${words.who}</th><th scope="col">${words.account}</th><th scope="col">${words.answer}</th><th scope="col">${words.policy}</th><th scope="col">${words.language}</th><th scope="col">${words.pc}</th></tr></thead>
<tbody>
${rows.map(renderRow)}
</tbody>
</table>
</div>`;
  const live = html`<p class="status" role="status" data-live="${words.live}" data-interrupted="${words.interrupted}"></p>
<p class="visually-hidden" role="log" aria-live="polite"></p>`;
  const body = html`<p class="intro">${words.intro}</p>
${isLive ? live : html``}
${rows.length === 0 ? renderEmpty(words) : html``}
${table}
<p class="paging"><a href="/?lang=${language}">${isLive ? words.refresh : words.newest}</a>
${olderThan === undefined ? html`` : html` <a href="/?lang=${language}&amp;before=${olderThan}">${words.older}</a>`}
 <a href="/pcs?lang=${language}">${words.pcsTitle}</a></p>`;
  const head = isLive
    ? html`<script src="/console/live.js" type="module" data-stream="/api/acknowledgements/stream?lang=${language}&amp;after=${rows[0]?.position ?? 0}"></script>`
    : html``;
  return renderDocument(language, words.title, before === undefined ? '' : `&before=${before}`, body, head)
    .text;
}

/** The PCs with the time that their desktop was without the gate. */
export function renderPcs(language: Language, pcs: readonly PcRecord[]): string {
  const words = wordsByLanguage[language];
  const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const rows = pcs.map(
    ({ hostname, account, agentVersion, lastSeenAt, secondsToGate }) => html`<tr>
<th scope="row"><bdi>${showText(hostname)}</bdi></th>
<td><bdi>${showText(account)}</bdi></td>
<td>${secondsToGate === undefined ? words.notMeasured : seconds.format(secondsToGate)}</td>
<td><time datetime="${lastSeenAt}">${describeTime(lastSeenAt, language)}</time></td>
<td><bdi>${showText(agentVersion)}</bdi></td>
</tr>`,
  );
  const table = html`<div class="scroll" role="region" aria-labelledby="caption" tabindex="0">
<table>
<caption id="caption">${words.pcsCaption}</caption>
<thead><tr><th scope="col">${words.pc}</th><th scope="col">${words.account}</th><th scope="col">${words.secondsToGate}</th><th scope="col">${words.lastSeen}</th><th scope="col">${words.agentVersion}</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</div>`;
  const body = html`<p class="intro">${words.pcsIntro}</p>
${pcs.length === 0 ? html`<p>${words.noPcs}</p>` : table}
<p class="paging"><a href="/?lang=${language}">${words.title}</a></p>`;
  return renderDocument(language, words.pcsTitle, '', body, html``).text;
}

/** The page for a visitor without a session; `codeRefused` after an address that no longer works. */
export function renderSignIn(language: Language, codeRefused: boolean): string {
  const words = wordsByLanguage[language];
  const title = codeRefused ? words.codeRefusedTitle : words.signInTitle;
  const body = html`<p>${codeRefused ? words.codeRefusedText : words.signInText}</p>
<pre tabindex="0"><code>npm run collector -- console --data ${language === 'cy-GB' ? 'FFOLDER' : 'FOLDER'}</code></pre>
<p>${words.signInNote}</p>`;
  return renderDocument(language, title, '', body, html``).text;
}
