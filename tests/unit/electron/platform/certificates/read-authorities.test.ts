import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthorities } from '../../../../../electron/platform/certificates/read-authorities.ts';
import { makeAuthority } from '../../../../fixtures/make-certificate.ts';

/** A program of every Unix. Node cannot make a named pipe itself. */
const pipeMaker = 'mkfifo';

const [first, second] = [makeAuthority({ name: 'First' }), makeAuthority({ name: 'Second' })];

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-authorities-'));
  file = path.join(folder, 'ca.pem');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function subjectsOf(content: string | Buffer) {
  await writeFile(file, content);
  const read = await readAuthorities(file);
  return read.ok ? read.value.map(({ subject }) => subject) : read.error;
}

describe('a file of authorities', () => {
  it.each<[string, string | Buffer, readonly string[]]>([
    ['one in PEM', first.pem, ['CN=First']],
    ['one in DER', first.der, ['CN=First']],
    [
      'several, with words between and Windows’ line ends',
      `First:\n${first.pem}\nAil – Second\n${second.pem}`.replaceAll('\n', '\r\n'),
      ['CN=First', 'CN=Second'],
    ],
    ['a byte order mark before', `\uFEFF${first.pem}`, ['CN=First']],
  ])('is read: %s', async (_what, content, subjects) => {
    expect(await subjectsOf(content)).toEqual(subjects);
  });

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['something else', 'Not a certificate'],
    ['a key', first.keyPem],
    ['one that is cut off', first.der.subarray(0, 200)],
    ['a good one and a broken one', `${first.pem}${second.pem.replace(/\n.{20}/u, '\n')}`],
  ])('is refused as a whole if it holds %s', async (_what, content) => {
    expect(await subjectsOf(content)).toBe('does not hold a certificate in PEM or DER that can be read');
  });

  it('is refused if it is missing, too large, a folder, or a pipe without a writer', async () => {
    expect(await readAuthorities(file)).toEqual({ ok: false, error: 'is not there' });
    expect(await subjectsOf(Buffer.alloc(256 * 1024 + 1))).toBe('is no file of at most 256 KiB');
    expect(await readAuthorities(folder)).toEqual({ ok: false, error: 'is no file of at most 256 KiB' });
    const pipe = path.join(folder, 'pipe');
    execFileSync(pipeMaker, [pipe]);
    expect(await readAuthorities(pipe)).toEqual({ ok: false, error: 'is no file of at most 256 KiB' });
  });
});
