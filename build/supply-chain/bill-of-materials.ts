/** The bill of materials of a package, in CycloneDX 1.6. */
import { createHash } from 'node:crypto';
import type { ShippedPackage } from './shipped-packages.ts';

/** The package URL of an npm package, a name that is the same in every tool. */
const purlOf = ({ name, version }: Pick<ShippedPackage, 'name' | 'version'>): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

const describePackage = (shipped: ShippedPackage) => ({
  type: 'library',
  'bom-ref': purlOf(shipped),
  name: shipped.name,
  version: shipped.version,
  purl: purlOf(shipped),
  licenses: [{ expression: shipped.licence.replace(/^\((.*)\)$/u, '$1') }],
  hashes: [
    {
      alg: 'SHA-512',
      content: Buffer.from(shipped.integrity.replace(/^sha512-/u, ''), 'base64').toString('hex'),
    },
  ],
});

interface Product {
  readonly name: string;
  readonly version: string;
  /** Undefined for the collector, which has no Electron. */
  readonly electronVersion?: string;
}

const describeElectron = (version: string) => {
  const purl = purlOf({ name: 'electron', version });
  return {
    type: 'framework',
    'bom-ref': purl,
    name: 'electron',
    version,
    purl,
    licenses: [{ expression: 'MIT' }],
  };
};

/** Deterministic: the serial number derives from the list, and there is no timestamp. */
export const writeBillOfMaterials = (
  { name, version, electronVersion }: Product,
  packages: readonly ShippedPackage[],
): string => {
  const components = [
    ...(electronVersion === undefined ? [] : [describeElectron(electronVersion)]),
    ...packages.map(describePackage),
  ];
  const product = `pkg:generic/${name}@${version}`;
  const digest = createHash('sha256')
    .update(JSON.stringify([product, components]))
    .digest('hex');
  const serial = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': product,
        name,
        version,
        licenses: [{ expression: 'MIT' }],
      },
    },
    components,
    dependencies: [{ ref: product, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
};
