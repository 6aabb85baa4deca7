/** Reads the file of certificates that a school has named as authorities. */
import { X509Certificate } from 'node:crypto';
import { constants, open } from 'node:fs/promises';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { withDeadline } from '../deadline.ts';

const maximumFileBytes = 256 * 1024;
/** For a file on another computer that does not answer. */
const deadlineMs = 4000;

const pemBlocks = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** At least one certificate; or a sentence about the file. Never rejects. */
export async function readAuthorities(file: string): Promise<Result<readonly X509Certificate[], string>> {
  try {
    const read = await withDeadline(readLimited(file), deadlineMs);
    if (!read.ok) return fail(`did not answer within ${deadlineMs} ms`);
    return read.value === undefined ? fail('is no file of at most 256 KiB') : parse(read.value);
  } catch (error) {
    // Not Node's message, which holds the whole path.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return fail(code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `cannot be read (${code})`);
  }
}

async function readLimited(file: string): Promise<Buffer | undefined> {
  // Without blocking: a named pipe in the file's place would otherwise be waited for.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await handle.stat();
    return status.isFile() && status.size <= maximumFileBytes ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
}

function parse(bytes: Buffer): Result<readonly X509Certificate[], string> {
  // Every byte is a character here, so that what stands between the blocks does not matter, in whatever encoding.
  const blocks = bytes.toString('latin1').match(pemBlocks);
  try {
    return succeed((blocks ?? [bytes]).map((block) => new X509Certificate(block)));
  } catch {
    return fail('does not hold a certificate in PEM or DER that can be read');
  }
}
