/** Reads the name of a Linux system from os-release(5). */

/** `PRETTY_NAME`, else `NAME`, else `Linux`. */
export function parseOsRelease(text: string): string {
  return readField(text, 'PRETTY_NAME') ?? readField(text, 'NAME') ?? 'Linux';
}

function readField(text: string, field: string): string | undefined {
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${field}=`)) continue;
    const raw = line.slice(field.length + 1).trim();
    const quoted = /^(["'])(.*)\1$/u.exec(raw)?.[2];
    const value = quoted === undefined ? raw : quoted.replaceAll(/\\(["'`$\\])/gu, '$1');
    if (value !== '') return value;
  }
  return undefined;
}
