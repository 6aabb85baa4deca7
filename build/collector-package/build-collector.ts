/** Packs the collector for one system: the staged folder, its bill of materials and the package. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import manifest from '../../collector/package.json' with { type: 'json' };
import { scratchFolder } from '../runtime/paths.ts';
import { writeBillOfMaterials } from '../supply-chain/bill-of-materials.ts';
import { buildCollectorDeb } from './build-collector-deb.ts';
import { buildCollectorMsi } from './build-collector-msi.ts';
import { type CollectorTarget, listCollectorPackages, stageCollector } from './stage-collector.ts';

const { version } = z.object({ version: z.string() }).parse(manifest);

/** Rejects with a SetupError if a tool is missing or fails. */
export const packCollector = async (target: CollectorTarget, outputFolder: string): Promise<void> => {
  const stagedFolder = path.join(scratchFolder, 'stage', target);
  await stageCollector(target, stagedFolder);
  const bill = writeBillOfMaterials(
    { name: 'porthor-collector', version },
    await listCollectorPackages(target),
  );
  await writeFile(path.join(outputFolder, `porthor-collector-${version}-${target}.cdx.json`), bill);
  if (target === 'collector-linux') {
    const outputFile = path.join(outputFolder, `porthor-collector_${version}_amd64.deb`);
    await buildCollectorDeb({ stagedFolder, outputFile, version, compression: 'small' });
  } else {
    const outputFile = path.join(outputFolder, `porthor-collector-${version}.msi`);
    await buildCollectorMsi({ stagedFolder, outputFile, version });
  }
};
