/** Tells each cell of a table the name of its column, so that a narrow window can show the cells below one another. */

interface TableNode {
  readonly type: string;
  readonly tagName?: string;
  readonly value?: string;
  readonly children?: readonly TableNode[];
  properties?: Record<string, unknown>;
}

/** Chromium takes the meaning of a table from elements that are laid out in another way, unless a role says it. */
const roles: Readonly<Record<string, string>> = {
  table: 'table',
  thead: 'rowgroup',
  tbody: 'rowgroup',
  tr: 'row',
  th: 'columnheader',
  td: 'cell',
};

/** A rehype plugin. */
export function nameCells(): (tree: TableNode) => void {
  return visit;
}

function visit(node: TableNode): void {
  if (node.tagName === 'table') {
    const rows = all(node, 'tr');
    const names = all(rows[0], 'th').map(wordsOf);
    for (const row of rows.slice(1)) {
      for (const [index, cell] of all(row, 'td').entries()) {
        cell.properties = { ...cell.properties, dataColumn: names[index] ?? '' };
      }
    }
  }
  const role = node.tagName === undefined ? undefined : roles[node.tagName];
  if (role !== undefined) node.properties = { ...node.properties, role };
  for (const child of node.children ?? []) visit(child);
}

function all(node: TableNode | undefined, tagName: string): readonly TableNode[] {
  return (node?.children ?? []).flatMap((child) => [
    ...(child.tagName === tagName ? [child] : []),
    ...all(child, tagName),
  ]);
}

function wordsOf(node: TableNode): string {
  return (node.value ?? '') + (node.children ?? []).map(wordsOf).join('');
}
