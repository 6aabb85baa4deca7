/** Turns what Group Policy has written into the registry into the document that the schema parses. */
import { type ConfigEntry, configEntries } from '../../../shared/config/managed-config.ts';
import type { RegistryKey, RegistryValue } from '../native/parse-registry-value.ts';

/** Group Policy leaves an empty key behind when a setting is taken back; such a key has nothing to say. */
export function isEmptyKey(key: RegistryKey): boolean {
  return valuesOf(key).length === 0 && [...key.keys.values()].every(isEmptyKey);
}

/**
 * Names are compared without case, as Windows does. A switch is a DWORD of 0 or 1, a list a key of its own with one
 * value or key for each item (or a REG_MULTI_SZ), an item with parts a key or a line of JSON. What does not fit is
 * passed on as it stands, so that the schema, and only the schema, says what is wrong with which key.
 */
export function parseRegistryConfig(root: RegistryKey): unknown {
  const entries = configEntries();
  return readMembers(root, (name) => {
    const direct = entries.find((entry) => entry.path.length === 1 && sameName(entry.path[0], name));
    if (direct !== undefined) return { name: direct.path[0], entry: direct };
    const members = entries.filter((entry) => entry.path.length === 2 && sameName(entry.path[0], name));
    return members[0] === undefined ? undefined : { name: members[0].path[0], members };
  });
}

interface Known {
  readonly name: string;
  readonly entry?: ConfigEntry;
  readonly members?: readonly ConfigEntry[];
}

function readMembers(key: RegistryKey, know: (name: string) => Known | undefined): unknown {
  const document: [string, unknown][] = [];
  for (const [name, value] of valuesOf(key)) {
    const known = know(name);
    document.push([
      known?.name ?? name,
      known?.entry === undefined ? plain(value) : readValue(known.entry, value),
    ]);
  }
  for (const [name, child] of key.keys) {
    if (isEmptyKey(child)) continue;
    const known = know(name);
    if (known?.entry?.kind === 'list') document.push([known.name, readList(known.entry.items, child)]);
    else if (known?.members !== undefined) document.push([known.name, readGroup(known.members, child)]);
    else document.push([known?.name ?? name, readMembers(child, () => undefined)]);
  }
  // Built from pairs, so that a value called __proto__ is a key like any other, and refused like any other.
  return Object.fromEntries(document);
}

function readGroup(members: readonly ConfigEntry[], key: RegistryKey): unknown {
  return readMembers(key, (name) => {
    const entry = members.find((member) => sameName(member.path[1] ?? '', name));
    return entry === undefined ? undefined : { name: entry.path[1] ?? '', entry };
  });
}

/**
 * The unnamed value that every key has is shown as (Default). Tools set it to an empty text when they make a key; with
 * anything in it, it is a mistake to be named.
 */
function valuesOf(key: RegistryKey): readonly (readonly [string, RegistryValue])[] {
  return [...key.values].flatMap(([name, value]) => {
    if (name !== '') return [[name, value] as const];
    return value.kind === 'text' && value.text === '' ? [] : [['(Default)', value] as const];
  });
}

function readValue(entry: ConfigEntry, value: RegistryValue): unknown {
  if (entry.kind === 'switch' && value.kind === 'number' && value.number <= 1) return value.number === 1;
  if (entry.kind === 'list' && value.kind === 'texts') {
    return entry.items === 'object' ? value.texts.map(readItem) : value.texts;
  }
  return plain(value);
}

/** In the order of the items' names, numbers by their value: Group Policy calls them 1, 2 … 10. */
function readList(items: 'text' | 'object', key: RegistryKey): unknown {
  const found: [string, unknown][] = [];
  for (const [name, value] of valuesOf(key)) {
    found.push([name, items === 'object' && value.kind === 'text' ? readItem(value.text) : plain(value)]);
  }
  for (const [name, child] of key.keys) found.push([name, readMembers(child, () => undefined)]);
  const order = new Intl.Collator('en', { numeric: true });
  return found.sort(([left], [right]) => order.compare(left, right)).map(([, item]) => item);
}

function readItem(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function plain(value: RegistryValue): unknown {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'texts':
      return value.texts;
    case 'number':
      return value.number;
    case 'other':
      return null;
  }
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
