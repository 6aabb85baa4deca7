/** The log in one line, for paper and e-mail: day, name, leaves and root. */
import type { Checkpoint } from './checkpoint.ts';

const form = /^porthor-log \d{4}-\d\d-\d\d (\S+) (0|[1-9]\d{0,14}) ([A-Za-z0-9+/]{43}=)$/u;

export function logLine({ origin, size, root }: Checkpoint, at: Date): string {
  return `porthor-log ${at.toISOString().slice(0, 10)} ${origin} ${size} ${root.toString('base64')}`;
}

/** Undefined for a text that is no such line. It has no signature: the person who kept it vouches for it. */
export function readLogLine(text: string): Checkpoint | undefined {
  const [, origin = '', size = '', root = ''] = form.exec(text.trim()) ?? [];
  return origin === '' ? undefined : { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}
