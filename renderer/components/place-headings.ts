/** Moves a text's headings below those of the page, so that the outline has no gap and one top heading. */

/** The part of a syntax tree node that this plugin uses. */
export interface TreeNode {
  readonly type: string;
  tagName?: string;
  readonly children?: readonly TreeNode[];
}

export type HeadingLevel = 2 | 3;

const deepestLevel = 6;

function levelOf({ tagName = '' }: TreeNode): number | undefined {
  return /^h[1-6]$/u.test(tagName) ? Number(tagName.slice(1)) : undefined;
}

function listHeadings(node: TreeNode): readonly TreeNode[] {
  const below = (node.children ?? []).flatMap(listHeadings);
  return levelOf(node) === undefined ? below : [node, ...below];
}

/** A rehype plugin: the highest heading of the text gets level `top`; the others keep their distance from it. */
export function placeHeadings(top: HeadingLevel): (tree: TreeNode) => void {
  return (tree) => {
    const headings = listHeadings(tree);
    const highest = Math.min(...headings.map((heading) => levelOf(heading) ?? deepestLevel));
    for (const heading of headings) {
      const level = (levelOf(heading) ?? highest) - highest + top;
      heading.tagName = `h${Math.min(deepestLevel, level)}`;
    }
  };
}
