/** PDFs for the personnel file: what they say, in which order, and the rules of PDF/UA-1 that can be checked here. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { getDocumentProxy } from 'unpdf';
import { expect, it } from 'vitest';
import { jobListSchema, jobSchema } from '../../shared/console/personnel-files.ts';
import type { Language } from '../../shared/lib/language.ts';
import {
  publishTexts,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { type ConsoleClient, signInAs } from '../support/collector/console-client.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';

const policiesDirectory = path.resolve('assets/policies');

async function signedBy(running: TestCollector, fullName: string, language: Language) {
  const manifest = JSON.parse(await readFile('assets/policies/staff/policy.json', 'utf8')) as {
    version: string;
  };
  const pack = (await (await fetch(`${running.address}/v1/policies/staff/${manifest.version}`)).json()) as {
    textSha256: Record<string, string>;
    texts: Record<string, string>;
  };
  const textSha256 = pack.textSha256[language] ?? '';
  await publishTexts(running.dataDirectory, [{ policyVersion: manifest.version, textSha256 }]);
  const agent = await makeSigningAgent(running);
  const event = await agent.signed({
    fullName,
    language,
    policyVersion: manifest.version,
    textSha256,
    jobRole: 'Athrawes',
    statements: [{ id: 'read', text: 'Rwyf wedi darllen: tŷ, gŵr, ŷd.', ticked: true }],
    account: { name: 'swyn', domain: 'YSGOL', sid: '', upn: '', displayName: '' },
  });
  await report(agent, [event]);
  return { eventId: event.id, text: pack.texts[language] ?? '' };
}

async function signatoryOf({ collector }: TestCollector): Promise<ConsoleClient> {
  const signatory = await signInAs(collector, { name: 'mair', roles: ['signatory'] });
  await signatory.ask('POST', '/api/own/windows-accounts', { add: [] });
  return signatory;
}

interface TreeNode {
  readonly role?: string;
  readonly type?: string;
  readonly id?: string;
  readonly children?: readonly TreeNode[];
}

const rolesIn = (node: TreeNode): string[] => [
  ...(node.role === undefined ? [] : [node.role]),
  ...(node.children ?? []).flatMap(rolesIn),
];
const contentIn = (node: TreeNode): string[] => [
  ...(node.type === 'content' && node.id !== undefined ? [node.id] : []),
  ...(node.children ?? []).flatMap(contentIn),
];

/** The words of the document in the order of its structure tree, and what breaks a rule of PDF/UA-1. */
async function readTagged(bytes: Uint8Array) {
  const document = await getDocumentProxy(new Uint8Array(bytes));
  const words: string[] = [];
  const roles: string[] = [];
  const broken: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const tree = (await page.getStructTree()) as TreeNode;
    roles.push(...rolesIn(tree));
    const { items } = await page.getTextContent({ includeMarkedContent: true });
    const open: (string | undefined)[] = [];
    const texts = new Map<string, string>();
    for (const item of items) {
      if ('str' in item) {
        const id = open.findLast((one) => one !== undefined);
        if (id === undefined)
          broken.push(`page ${number}: “${item.str}” is neither in the tree nor an artefact`);
        else texts.set(id, (texts.get(id) ?? '') + item.str + (item.hasEOL ? ' ' : ''));
      } else if (item.type === 'endMarkedContent') open.pop();
      else open.push((item as { tag?: string }).tag === 'Artifact' ? 'artefact' : (item.id ?? undefined));
    }
    const used = contentIn(tree);
    for (const id of used) words.push(texts.get(id) ?? '');
    for (const id of texts.keys()) {
      if (id !== 'artefact' && !used.includes(id))
        broken.push(`page ${number}: ${id} is in no structure element`);
    }
  }
  const { info, metadata } = await document.getMetadata();
  const raw = Buffer.from(bytes).toString('latin1');
  const levels = roles.flatMap((role) => (/^H\d$/u.test(role) ? [Number(role[1])] : []));
  for (const [index, level] of levels.entries()) {
    if (level > (levels[index - 1] ?? 0) + 1)
      broken.push(`a heading of level ${level} after one of ${levels[index - 1] ?? 0}`);
  }
  return {
    text: words.join(' ').replaceAll(/\s+/gu, ' '),
    roles,
    broken,
    title: String((info as { Title?: unknown }).Title),
    language: /\/Type \/Catalog[^>]*?\/Lang \(([\w-]+)\)/u.exec(raw)?.[1],
    languages: [...raw.matchAll(/\/Lang \(([\w-]+)\)/gu)].map(([, one]) => one),
    part: String(metadata?.get('pdfuaid:part')),
    isMarked: (await document.getMarkInfo())?.Marked,
    showsTitle: /\/DisplayDocTitle true/u.test(raw),
    /** Fonts that a reader would have to have. */
    standardFonts: [...raw.matchAll(/\/BaseFont \/(Helvetica|Times|Courier)/gu)].length,
    embedded: [...raw.matchAll(/\/FontFile2/gu)].length,
  };
}

const expected = {
  'en-GB': [
    'Agreement of Siân Ŵyn',
    'Accepted',
    'Statements',
    'What proves it',
    'Countersignature',
    'The exact text',
    'Fingerprints and signatures',
  ],
  'cy-GB': [
    'Cytundeb Siân Ŵyn',
    'Wedi derbyn',
    'Datganiadau',
    "Beth sy'n ei brofi",
    'Cydlofnod',
    'Yr union destun',
    'Olion bys a llofnodion',
  ],
} as const;

it.each(['en-GB', 'cy-GB'] as const)(
  'says everything in reading order, and keeps the rules of PDF/UA, in %s',
  async (language) => {
    const running = await startTestCollector({ policiesDirectory });
    const { eventId, text } = await signedBy(running, 'Siân Ŵyn', 'cy-GB');
    const signatory = await signatoryOf(running);
    expect(
      await (await signatory.ask('POST', '/api/countersign', { eventIds: [eventId] })).json(),
    ).toMatchObject({ signed: 1 });
    await expect
      .poll(
        async () =>
          (
            (await (await signatory.ask('GET', `/api/acknowledgements/${eventId}`)).json()) as {
              log: { state: string };
            }
          ).log.state,
      )
      .toBe('included');
    const answer = await signatory.ask(
      'GET',
      `/api/acknowledgements/${eventId}/personnel-file?lang=${language}`,
    );
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    const paper = await readTagged(new Uint8Array(await answer.arrayBuffer()));
    const places = expected[language].map((words) => paper.text.indexOf(words));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(paper.text).toContain('Rwyf wedi darllen: tŷ, gŵr, ŷd.');
    expect(paper.text).toContain('YSGOL\\swyn');
    expect(paper.text).toContain(eventId);
    // Every word of the policy, in its order.
    const plainWords = text
      .replaceAll(/[#*_>|-]|\[|\]/gu, ' ')
      .split(/\s+/u)
      .filter((word) => /^[\p{L}’']{4,}$/u.test(word));
    let from = paper.text.indexOf(expected[language][5]);
    for (const word of plainWords) {
      const at = paper.text.indexOf(word, from);
      expect([word, at >= from]).toEqual([word, true]);
      from = at;
    }
    expect(paper.broken).toEqual([]);
    expect(paper).toMatchObject({
      title: expected[language][0],
      language,
      part: '1',
      isMarked: true,
      showsTitle: true,
      standardFonts: 0,
    });
    expect(paper.embedded).toBeGreaterThan(0);
    expect(paper.languages.includes('cy-GB')).toBe(true);
    for (const role of ['Document', 'Sect', 'H1', 'H2', 'H3', 'P', 'L', 'LI', 'Lbl', 'LBody']) {
      expect(paper.roles).toContain(role);
    }
  },
);

async function waitForJob(client: ConsoleClient, jobId: string) {
  const jobOf = async () =>
    jobListSchema
      .parse(await (await client.ask('GET', '/api/personnel-files')).json())
      .items.find((job) => job.jobId === jobId);
  await expect.poll(async () => (await jobOf())?.state, { timeout: 60_000 }).toBe('done');
  return jobOf();
}

it('makes one ZIP or one PDF of all that a filter finds, and deletes it on request', {
  timeout: 120_000,
}, async () => {
  const running = await startTestCollector({ policiesDirectory });
  for (const name of ['Siân Ŵyn', 'Siân Ŵyn', 'Owain']) await signedBy(running, name, 'cy-GB');
  const signatory = await signatoryOf(running);
  const start = async (body: object) =>
    signatory.ask('POST', '/api/personnel-files', { language: 'cy-GB', ...body });
  expect((await start({ filter: { search: 'nobody-of-that-name' }, form: 'zip' })).status).toBe(404);
  const zipJob = jobSchema.parse(await (await start({ filter: { search: 'sian' }, form: 'zip' })).json());
  const pdfJob = jobSchema.parse(await (await start({ filter: {}, form: 'pdf' })).json());
  expect(await waitForJob(signatory, zipJob.jobId)).toMatchObject({ done: 2, total: 2 });
  const zip = await (await signatory.ask('GET', `/api/personnel-files/${zipJob.jobId}/file`)).arrayBuffer();
  const entries = unzipSync(new Uint8Array(zip));
  expect(Object.keys(entries)).toHaveLength(2);
  expect(Object.keys(entries)[1]).toMatch(/^Siân Ŵyn .* \(2\)\.pdf$/u);
  for (const bytes of Object.values(entries))
    expect((await readTagged(bytes)).title).toBe('Cytundeb Siân Ŵyn');
  await waitForJob(signatory, pdfJob.jobId);
  const pdf = await (await signatory.ask('GET', `/api/personnel-files/${pdfJob.jobId}/file`)).arrayBuffer();
  const all = await readTagged(new Uint8Array(pdf));
  expect(all.broken).toEqual([]);
  expect(all.text.match(/Cytundeb (?:Siân Ŵyn|Owain)/gu)).toHaveLength(3);
  expect((await signatory.ask('DELETE', `/api/personnel-files/${zipJob.jobId}`)).status).toBe(204);
  expect((await signatory.ask('GET', `/api/personnel-files/${zipJob.jobId}/file`)).status).toBe(404);
  const files = await readdir(path.join(running.dataDirectory, 'personnel-files'));
  expect(files.toSorted()).toEqual([`${pdfJob.jobId}.json`, `${pdfJob.jobId}.pdf`]);
});

it('says after a restart that a job was interrupted, and leaves no part of it', async () => {
  const running = await startTestCollector({ policiesDirectory });
  await signedBy(running, 'Owain', 'cy-GB');
  const signatory = await signatoryOf(running);
  const started = await signatory.ask('POST', '/api/personnel-files', {
    language: 'en-GB',
    filter: {},
    form: 'zip',
  });
  const { jobId } = jobSchema.parse(await started.json());
  await waitForJob(signatory, jobId);
  await running.collector.close();
  const folder = path.join(running.dataDirectory, 'personnel-files');
  const stored = JSON.parse(await readFile(path.join(folder, `${jobId}.json`), 'utf8')) as Record<
    string,
    unknown
  >;
  // As a killed collector leaves it.
  delete stored['endsAt'];
  await writeFile(path.join(folder, `${jobId}.json`), JSON.stringify({ ...stored, state: 'running' }));
  await writeFile(path.join(folder, `${jobId}.part`), 'half');
  const again = await startTestCollector({ policiesDirectory, dataDirectory: running.dataDirectory });
  const client = await signInAs(again.collector, { name: 'elin', roles: ['signatory'] });
  const { items } = jobListSchema.parse(await (await client.ask('GET', '/api/personnel-files')).json());
  expect(items).toMatchObject([{ jobId, state: 'interrupted' }]);
  expect(await readdir(folder)).not.toContain(`${jobId}.part`);
});

it('gives the signed evidence, which the checker in docs accepts with its countersignature', async () => {
  const running = await startTestCollector({ policiesDirectory });
  const { eventId } = await signedBy(running, 'Owain', 'en-GB');
  const signatory = await signatoryOf(running);
  await signatory.ask('POST', '/api/countersign', { eventIds: [eventId] });
  const place = `/api/acknowledgements/${eventId}/evidence`;
  await expect.poll(async () => (await signatory.ask('GET', place)).status, { timeout: 20_000 }).toBe(200);
  const text = await (await signatory.ask('GET', place)).text();
  const { verifierKey } = JSON.parse(text) as { verifierKey: string };
  const folder = await mkdtemp(path.join(running.dataDirectory, 'bundle-'));
  const file = path.join(folder, 'bundle.json');
  const check = () => promisify(execFile)('python3', ['docs/check-evidence.py', file, verifierKey]);
  await writeFile(file, text);
  expect((await check()).stdout).toMatch(/^countersigned by mair at /mu);
  const forged = JSON.parse(text) as { countersignatures: { raw: string }[] };
  for (const one of forged.countersignatures) one.raw = one.raw.replace('"name":"mair"', '"name":"elin"');
  await writeFile(file, JSON.stringify(forged));
  await expect(check()).rejects.toMatchObject({
    stderr: 'NOT proven: the leaf is not of this countersignature.\n',
  });
  await rm(folder, { recursive: true });
});
