/** Turns the installer's properties into the document that the schema parses. */
import { type ConfigEntry, configEntries } from '../../../shared/config/managed-config.ts';
import type { RegistryKey, RegistryValue } from '../native/parse-registry-value.ts';

/**
 * The installer writes every setting as text behind this mark, because Windows Installer takes a text that starts with
 * `#` for a number, and leaves empty ones out.
 */
const mark = '=';

/**
 * One text for each key, named by its whole path (`idle.lockAfterSeconds`): numbers in digits, switches as 1 or 0, lists
 * as JSON. What does not fit is passed on as it stands, so that the schema alone says what is wrong with which key.
 */
export function parseInstallerConfig(root: RegistryKey): unknown {
  const entries = configEntries();
  const groups = new Map<string, [string, unknown][]>();
  const document: [string, unknown][] = [];
  for (const [name, value] of root.values) {
    if (name === '') continue;
    const entry = entries.find(({ path }) => path.join('.').toLowerCase() === name.toLowerCase());
    const [first, second] = entry?.path ?? [name];
    const read = entry === undefined ? textOf(value) : readText(entry, textOf(value));
    if (second === undefined) {
      document.push([first, read]);
      continue;
    }
    const members = groups.get(first) ?? [];
    groups.set(first, [...members, [second, read]]);
  }
  for (const [group, members] of groups) document.push([group, Object.fromEntries(members)]);
  // From pairs, so that a value called __proto__ is a key like any other, and refused like any other.
  return Object.fromEntries(document);
}

function textOf(value: RegistryValue): unknown {
  if (value.kind !== 'text') return null;
  return value.text.startsWith(mark) ? value.text.slice(mark.length) : value.text;
}

function readText(entry: ConfigEntry, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  switch (entry.kind) {
    case 'whole-number':
      return /^\d{1,10}$/u.test(text) ? Number(text) : text;
    case 'switch':
      return text === '1' ? true : text === '0' ? false : text;
    case 'list':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    case 'text':
    case 'choice':
      return text;
  }
}
