/** Reads the bytes of a registry value by its type. */
import { windows } from './windows-numbers.ts';

export type RegistryValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'other'; readonly type: number };

export interface RegistryKey {
  readonly values: ReadonlyMap<string, RegistryValue>;
  readonly keys: ReadonlyMap<string, RegistryKey>;
}

/** Types as winnt.h numbers them. A text need not end with a NUL, and what follows one is not part of it. */
export function parseRegistryValue(type: number, bytes: Buffer): RegistryValue {
  switch (type) {
    case windows.registry.text:
    case windows.registry.expandableText:
      return { kind: 'text', text: untilNul(bytes.toString('utf16le')) };
    case windows.registry.texts: {
      const texts = bytes.toString('utf16le').split('\0');
      const end = texts.indexOf('');
      return { kind: 'texts', texts: end === -1 ? texts : texts.slice(0, end) };
    }
    case windows.registry.number:
      if (bytes.length === 4) return { kind: 'number', number: bytes.readUInt32LE(0) };
      break;
    case windows.registry.longNumber: {
      if (bytes.length !== 8) break;
      const number = Number(bytes.readBigUInt64LE(0));
      if (Number.isSafeInteger(number)) return { kind: 'number', number };
      break;
    }
  }
  return { kind: 'other', type };
}

function untilNul(text: string): string {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}
