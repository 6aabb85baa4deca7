/** Writes the table of every setting for administrators, and the JSON Schema for their editors. */
import type { WhenApplied } from '../../shared/config/config-kinds.ts';
import {
  type ConfigEntry,
  configEntries,
  managedConfigJsonSchema,
} from '../../shared/config/managed-config.ts';
import { policyName } from '../gpo/templates.ts';
import { dottedName, propertyName } from './setting-names.ts';

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const describeValues = (entry: ConfigEntry): string => {
  switch (entry.kind) {
    case 'switch':
      return 'on or off (1 or 0)';
    case 'choice':
      return entry.choices.map((choice) => `\`${choice}\``).join(', ');
    case 'whole-number':
      return `${entry.minimum}–${entry.maximum}`;
    case 'text':
      return `text, up to ${entry.maximumLength} characters`;
    case 'list':
      return entry.items === 'object' ? 'list of objects' : 'list of texts';
  }
};

const describePreset = (entry: ConfigEntry): string => {
  if (entry.kind === 'list') return entry.default.length === 0 ? 'empty' : `${entry.default.length} entries`;
  return `\`${JSON.stringify(entry.default)}\``;
};

const describeWhen: Readonly<Record<WhenApplied, string>> = {
  'at-once': 'at once',
  'next-decision': 'at the gate’s next decision',
  'next-login': 'at the next login',
};

const writeRow = (entry: ConfigEntry): string => {
  const cells = [
    `\`${dottedName(entry)}\``,
    `\`${propertyName(entry)}\``,
    `\`${policyName(entry)}\``,
    describeValues(entry),
    describePreset(entry),
    describeWhen[entry.applies],
    entry.text['en-GB'],
  ];
  return `| ${cells.map(escapeCell).join(' | ')} |`;
};

/** `SETTINGS.md`. */
export const writeSettingsTable = (entries: readonly ConfigEntry[] = configEntries()): string =>
  `# Settings

Written from the table of the managed configuration by \`npm run generate\`: change \`shared/config/\`, not this file.

A running agent notices a change within five minutes. It notices a changed file on Linux within seconds. When a PC is
unlocked or woken, the agent also notices any change within seconds.

The column *applies* says when the change takes effect: *at once*, *at the gate’s next decision*, or *at the next login*.
A shut gate takes its next decision at once, and an open gate at the next login.

| key | installer's property | policy | values | default | applies | |
|---|---|---|---|---|---|---|
${entries.map(writeRow).join('\n')}
`;

interface SchemaNode {
  description?: string;
  properties?: Record<string, SchemaNode>;
}

/** `porthor.schema.json`, for editors that check a \`config.json\` while it is written. */
export const writeJsonSchema = (entries: readonly ConfigEntry[] = configEntries()): string => {
  const schema = managedConfigJsonSchema();
  for (const { path, text } of entries) {
    let node: SchemaNode | undefined = schema as SchemaNode;
    for (const name of path) node = node?.properties?.[name];
    if (node === undefined) throw new Error(`the JSON Schema has no ${path.join('.')}`);
    node.description = text['en-GB'];
  }
  return `${JSON.stringify({ title: 'Managed configuration of Porthor', ...schema }, undefined, 2)}\n`;
};
