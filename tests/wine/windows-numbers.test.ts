/** The adapters' offsets, sizes and constants against Windows' headers, in the free edition of the MinGW project. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../build/runtime/child.ts';
import { ensurePrograms } from '../../build/runtime/system-packages.ts';
import { checkedNumbers } from '../../electron/platform/native/windows-numbers.ts';
import { windowsHeaderNeeds } from '../support/system-needs.ts';
import { writeHeaderCheck } from '../support/wine/header-check.ts';

let folder: string;

beforeAll(async () => {
  await ensurePrograms('the headers of Windows', windowsHeaderNeeds);
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-headers-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const compile = async (source: string) => {
  const file = path.join(folder, 'check.c');
  await writeFile(file, source);
  const options = ['-std=c11', '-O2', '-c', '-o', path.join(folder, 'check.o')];
  const { status, stderr } = await run('x86_64-w64-mingw32-gcc', [...options, file], { deadlineMs: 60_000 });
  return { status, errors: stderr.split('\n').filter((line) => line.includes('error:')) };
};

it('every number and GUID of the adapters is the one of the headers', async () => {
  expect(await compile(writeHeaderCheck())).toEqual({ status: 0, errors: [] });
});

it('the compiler names each number that differs', async () => {
  const wrong = checkedNumbers.map((one) => ({ ...one, value: one.value + 1 }));
  const { status, errors } = await compile(writeHeaderCheck(wrong));
  expect(status).not.toBe(0);
  expect(errors).toHaveLength(checkedNumbers.length);
});

it('the compiler names a GUID that differs', async () => {
  const source = writeHeaderCheck().replace(String.raw`\x07\x63\xf5\x53`, String.raw`\x07\x63\xf5\x54`);
  const { errors } = await compile(source);
  expect(errors).toHaveLength(1);
});
