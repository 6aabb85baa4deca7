/** Lets Markdown's tables be read. Of GitHub's other additions a policy text has none, so none is switched on. */
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

/** What the reader of Markdown keeps for its plugins. */
interface PluginHost {
  data(): { micromarkExtensions?: unknown[]; fromMarkdownExtensions?: unknown[] };
}

/** A remark plugin. */
export function readTables(this: unknown): void {
  const data = (this as PluginHost).data();
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), gfmTable()];
  data.fromMarkdownExtensions = [...(data.fromMarkdownExtensions ?? []), gfmTableFromMarkdown()];
}
