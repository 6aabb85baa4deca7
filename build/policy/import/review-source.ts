/** Renders the blocks of a document as HTML, with what became of each. */
import { type Block, type Item, type Run, textOf } from './document-model.ts';
import type { Fates } from './review-fates.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/gu, (sign) => escapes[sign] ?? sign);
}

type View = Fates & { readonly levels: ReadonlyMap<Block, number> };

export function renderSource(blocks: readonly Block[], fates: Fates): string {
  return renderAll(blocks, { ...fates, levels: placeLevels(blocks) });
}

/** Levels below the two of the page, and none skipped, so that a screen reader's outline has no holes. */
function placeLevels(blocks: readonly Block[]): ReadonlyMap<Block, number> {
  const levels = new Map<Block, number>();
  let last = 2;
  for (const block of blocks) {
    if (block.kind !== 'heading') continue;
    last = Math.min(6, Math.max(3, block.level + 2), last + 1);
    levels.set(block, last);
  }
  return levels;
}

function renderAll(blocks: readonly Block[], fates: View): string {
  const parts: string[] = [];
  for (let index = 0; index < blocks.length; index += 1) {
    const block = blocks[index];
    if (block === undefined) continue;
    if (block.kind !== 'item') {
      parts.push(renderBlock(block, fates));
      continue;
    }
    let end = index;
    const items: Item[] = [];
    for (; end < blocks.length; end += 1) {
      const each = blocks[end];
      if (each?.kind !== 'item') break;
      items.push(each);
    }
    parts.push(renderList(items, fates));
    index = end - 1;
  }
  return parts.join('\n');
}

function renderBlock(block: Block, fates: View): string {
  switch (block.kind) {
    case 'table':
      return renderTable(block, fates);
    case 'rule':
      return '<hr>';
    case 'figure':
      return `<p class="block left-out" id="${fates.idOf(block)}"><span class="fate">Picture left out</span> ${escapeHtml(block.description)}</p>`;
    case 'heading': {
      const level = fates.levels.get(block);
      return wrap(level === undefined ? 'p' : `h${level}`, block, renderRuns(block.runs), fates);
    }
    default:
      return wrap('p', block, renderRuns(block.runs), fates);
  }
}

/** Each level of a list in its own element, so that a screen reader announces the depth. */
function renderList(items: readonly Item[], fates: Fates): string {
  let html = '';
  let depth = -1;
  for (const item of items) {
    const level = Math.min(item.level, depth + 1);
    if (level > depth) html += '<ul>';
    else {
      html += `</li>${'</ul></li>'.repeat(depth - level)}`;
    }
    depth = level;
    const label = item.format === 'bullet' ? '•' : item.label;
    html += `<li class="${classOf(item, fates)}" id="${fates.idOf(item)}"><span class="label">${escapeHtml(label)}</span> ${renderRuns(item.runs)} ${tell(item, fates)}`;
  }
  return `${html}</li>${'</ul></li>'.repeat(Math.max(0, depth))}</ul>`;
}

function renderTable(table: Extract<Block, { kind: 'table' }>, fates: View): string {
  const rows = table.rows.map(({ cells, isHeader }, index) => {
    const tag = isHeader || index === 0 ? 'th' : 'td';
    const inner = cells.map(({ blocks, merged }) =>
      merged === undefined
        ? `<${tag}>${renderAll(blocks, fates)}</${tag}>`
        : `<${tag} class="merged">${renderAll(blocks, fates)}</${tag}>`,
    );
    return `<tr>${inner.join('')}</tr>`;
  });
  return `<div class="table" role="group" aria-label="Table" tabindex="0"><table>${rows.join('\n')}</table></div>`;
}

function wrap(tag: string, block: Block, html: string, fates: Fates): string {
  return `<${tag} class="${classOf(block, fates)}" id="${fates.idOf(block)}">${html} ${tell(block, fates)}</${tag}>`;
}

function classOf(block: Block, fates: Fates): string {
  const fate = fates.of(block);
  return `block ${fate === undefined ? 'plain' : fate.kind.replace(' ', '-')}`;
}

/** What became of the block, in words: a colour alone would not reach everyone. */
function tell(block: Block, fates: Fates): string {
  const fate = fates.of(block);
  const parts: string[] = [];
  if (fate?.kind === 'statement') {
    const links = fate.numbers.map((number) => `<a href="#statement-${number}">${number}</a>`);
    parts.push(`${fate.numbers.length === 1 ? 'Statement' : 'Statements'} ${links.join(', ')}`);
  }
  if (fate?.kind === 'left out') parts.push(`Left out: ${escapeHtml(fate.reason)}`);
  if (fate?.kind === 'changed' && textOf(block) !== '') parts.push('Changed: compare it with the draft');
  for (const number of fates.doubtsOf(block)) parts.push(`<a href="#doubt-${number}">Check ${number}</a>`);
  return parts.map((part) => `<span class="fate" lang="en-GB">${part}</span>`).join(' ');
}

function renderRuns(runs: readonly Run[]): string {
  return runs.map(renderRun).join('');
}

function renderRun(run: Run): string {
  const text = escapeHtml(run.text).replaceAll('\n', '<br>');
  const gone = run.deleted
    ? 'deleted by an open change'
    : run.hidden
      ? 'hidden'
      : run.struck
        ? 'struck out'
        : run.prompt
          ? 'prompt'
          : undefined;
  if (gone !== undefined) return `<del>${text}</del> <span class="fate" lang="en-GB">${gone}</span>`;
  if (run.noteId !== undefined) return `<sup>${text}</sup>`;
  if (run.inserted) return `<ins>${text}</ins>`;
  const slanted = run.italic ? `<em>${text}</em>` : text;
  return run.bold ? `<strong>${slanted}</strong>` : slanted;
}
