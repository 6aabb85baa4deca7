import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { packageOf } from '../../../../build/bundle/note-packages.ts';
import { parseDistArguments } from '../../../../build/package/dist.ts';
import { stageApp } from '../../../../build/package/stage-app.ts';
import { projectRoot } from '../../../../build/runtime/paths.ts';
import { SetupError } from '../../../../build/runtime/setup-error.ts';
import { writeBillOfMaterials } from '../../../../build/supply-chain/bill-of-materials.ts';
import { evaluateAudit } from '../../../../build/supply-chain/evaluate-audit.ts';
import { isFitting, writeLicences } from '../../../../build/supply-chain/licences.ts';
import type { ShippedPackage } from '../../../../build/supply-chain/shipped-packages.ts';

const shipped = (name: string, licence: string): ShippedPackage => ({
  name,
  version: '1.2.3',
  licence,
  integrity: `sha512-${Buffer.alloc(64, name).toString('base64')}`,
  folder: undefined,
});

describe('licences', () => {
  it.each(['MIT', 'ISC', '(MIT OR GPL-3.0-only)', 'MIT AND BSD-3-Clause', 'GPL-2.0 OR Apache-2.0'])(
    '%s fits',
    (licence) => {
      expect(isFitting(licence)).toBe(true);
    },
  );

  it.each([
    'GPL-3.0-only',
    'MIT AND GPL-3.0-only',
    'none stated',
    '',
    'SEE LICENSE IN x',
    '(MIT OR (A AND B))',
  ])('"%s" does not', (licence) => {
    expect(isFitting(licence)).toBe(false);
  });

  it('that do not fit stop the packaging and are named', async () => {
    await expect(writeLicences([shipped('good', 'MIT'), shipped('bad', 'AGPL-3.0')])).rejects.toThrow(
      /bad 1\.2\.3: AGPL-3\.0/,
    );
    expect(await writeLicences([shipped('good', 'MIT')])).toContain('good 1.2.3\nLicence: MIT');
  });
});

describe('a package whose manifest names no licence', () => {
  const mit = [
    'MIT License\n\nCopyright (c) 2017 An Author\n',
    'Permission is hereby granted, free of charge, to any person obtaining a copy',
    'of this software, to deal in the Software without restriction, subject to:\n',
    'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, ARISING FROM,',
    'OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE\nSOFTWARE.\n',
  ].join('\n');
  const writeWith = async (text: string): Promise<string> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'porthor-licence-'));
    try {
      await writeFile(path.join(folder, 'LICENSE'), text);
      return await writeLicences([{ ...shipped('bare', 'none stated'), folder }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  it('fits by the text of the MIT licence', async () => {
    expect(await writeWith(mit)).toContain('bare 1.2.3\nLicence: MIT\n\nMIT License');
  });

  it('does not fit by another text, or by more than that text', async () => {
    await expect(writeWith('All rights reserved.')).rejects.toThrow('bare 1.2.3: none stated');
    await expect(writeWith(`${mit}\nThe Software shall be used for Good, not Evil.`)).rejects.toThrow(
      'none stated',
    );
  });
});

describe('the audit', () => {
  const report = (severity: string) =>
    JSON.stringify({
      auditReportVersion: 2,
      vulnerabilities: { zod: { name: 'zod', severity, range: '<9', nodes: ['node_modules/zod'] } },
    });

  it('stops the packaging only for a severe vulnerability in a shipped package', () => {
    const shippedNames = new Set(['zod']);
    expect(evaluateAudit(report('critical'), shippedNames)).toEqual({
      kind: 'vulnerable',
      findings: ['zod <9: critical'],
    });
    expect(evaluateAudit(report('high'), shippedNames).kind).toBe('vulnerable');
    expect(evaluateAudit(report('moderate'), shippedNames)).toEqual({ kind: 'clean' });
    expect(evaluateAudit(report('critical'), new Set(['react']))).toEqual({ kind: 'clean' });
  });

  it('never counts a missing answer as a clean one', () => {
    const refused = JSON.stringify({ message: '405 Method Not Allowed - POST https://somewhere/bulk' });
    expect(evaluateAudit(refused, new Set())).toEqual({
      kind: 'not-answered',
      reason: '405 Method Not Allowed',
    });
    for (const output of ['', '{}', '[]', 'null']) {
      expect(evaluateAudit(output, new Set()).kind).toBe('not-answered');
    }
  });
});

describe('the bill of materials', () => {
  const product = { name: 'porthor', version: '0.1.0', electronVersion: '45.0.0' };

  it('names every package by package URL and hash, and itself by its content', () => {
    const packages = [shipped('@a/b', 'MIT'), shipped('c', '(MIT OR ISC)')];
    const text = writeBillOfMaterials(product, packages);
    expect(writeBillOfMaterials(product, packages)).toBe(text);
    expect(writeBillOfMaterials(product, packages.slice(1))).not.toBe(text);
    expect(JSON.parse(text)).toMatchObject({
      bomFormat: 'CycloneDX',
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
      ) as string,
      components: [
        { name: 'electron', version: '45.0.0' },
        { purl: 'pkg:npm/%40a/b@1.2.3', hashes: [{ alg: 'SHA-512' }] },
        { purl: 'pkg:npm/c@1.2.3', licenses: [{ expression: 'MIT OR ISC' }] },
      ],
    });
  });
});

test.each([
  ['node_modules/zod/v4/core.js', 'node_modules/zod'],
  ['node_modules/@a/b/index.js?commonjs', 'node_modules/@a/b'],
  ['node_modules/conf/node_modules/env-paths/index.js', 'node_modules/conf/node_modules/env-paths'],
  ['electron/main.ts', undefined],
])('the package of %s is %s', (file, folder) => {
  expect(packageOf(path.join(projectRoot, file))).toBe(folder);
});

describe('npm run dist', () => {
  it('packs for every system unless one is named, and refuses unknown options', () => {
    expect(parseDistArguments([]).targets).toEqual(['linux', 'win32', 'win32-arm64']);
    expect(parseDistArguments(['--target=win32', '--output', '/a']).outputFolder).toBe('/a');
    expect(() => parseDistArguments(['--target=beos'])).toThrow(SetupError);
    expect(() => parseDistArguments(['--tagret=linux'])).toThrow(SetupError);
  });

  it('names a missing file and stops', async () => {
    const empty = await mkdtemp(path.join(tmpdir(), 'porthor-empty-'));
    try {
      await expect(stageApp('linux', path.join(empty, 'stage'), empty)).rejects.toThrow(
        /needs dist\/main, which is not there/,
      );
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});
