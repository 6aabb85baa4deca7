/**
 * The import of a PDF of 200 pages and of a Word document of 2 MB, divided by the bare readers. Those are unpdf, which
 * gives the words of a PDF, and the XML parser, without which no reader of Word can start. Each measurement is a process of
 * its own, and the two take turns.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { makeLongPolicyPdf, makeLongPolicyWord } from '../support/bench/long-documents.ts';

const runs = 5;
const reader = fileURLToPath(new URL('../support/bench/read-document.ts', import.meta.url));
const measured = z.object({ ms: z.number(), memoryMib: z.number() });
const memoryTarget = 1.5;
/** A converter such as mammoth needs twice the time of the XML parser, so 4 of the parser are 2 of the converter. */
const timeTargets = { unpdf: 2, xml: 4 };

async function measure(what: string, file: string) {
  const { stdout } = await promisify(execFile)(process.execPath, [reader, what, file]);
  return measured.parse(JSON.parse(stdout));
}

async function compare(name: string, file: string, bare: keyof typeof timeTargets): Promise<Figure[]> {
  const ours: z.infer<typeof measured>[] = [];
  const floor: z.infer<typeof measured>[] = [];
  for (let run = 0; run < runs; run += 1) {
    ours.push(await measure('import', file));
    floor.push(await measure(bare, file));
  }
  const common = { good: 'at-most-target', runs } as const;
  return [
    figure({
      ...common,
      bench: `import-${name}-time`,
      ours: median(ours.map(({ ms }) => ms)),
      floor: median(floor.map(({ ms }) => ms)),
      unit: 'ms',
      target: timeTargets[bare],
    }),
    figure({
      ...common,
      bench: `import-${name}-memory`,
      ours: median(ours.map(({ memoryMib }) => memoryMib)),
      floor: median(floor.map(({ memoryMib }) => memoryMib)),
      unit: 'MiB',
      target: memoryTarget,
    }),
  ];
}

export async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'porthor-bench-import-'));
  try {
    const pdf = join(folder, 'policy.pdf');
    const word = join(folder, 'policy.docx');
    await writeFile(pdf, await makeLongPolicyPdf(200));
    await writeFile(word, makeLongPolicyWord());
    return [...(await compare('pdf', pdf, 'unpdf')), ...(await compare('word', word, 'xml'))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
