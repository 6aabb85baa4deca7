/** Reads the tree of block devices that `lsblk --json --bytes` prints (lsblk(8), util-linux 2.37 and later). */
import { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';

/**
 * Named one by one, because the default set differs between versions. With `NAME`, which is not used otherwise, lsblk
 * prints a tree. Without it lsblk prints a flat list, in which a partition looks like a drive.
 */
export const lsblkColumns =
  'NAME,KNAME,MAJ:MIN,TYPE,SIZE,FSTYPE,FSVER,LABEL,PTTYPE,PARTTYPE,VENDOR,MODEL,SERIAL,MOUNTPOINTS';

const textSchema = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(undefined)
  .transform((value) => (value === null || value === undefined ? '' : String(value)));

/** A kernel name becomes part of a path in sysfs, so it is checked first; `!` represents a slash there. */
const kernelNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._!-]{0,63}$/u);

interface RawNode {
  readonly kernelName: string;
  readonly deviceNumber: string;
  readonly type: string;
  readonly sizeBytes: number | undefined;
  readonly fsType: string;
  readonly fsVersion: string;
  readonly label: string;
  readonly tableType: string;
  readonly partitionType: string;
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly mountPoints: readonly string[];
}

export interface BlockNode extends RawNode {
  readonly children: readonly BlockNode[];
}

const nodeSchema = z
  .object({
    kname: kernelNameSchema,
    'maj:min': z
      .string()
      .transform((text) => text.trim())
      .pipe(z.string().regex(/^\d{1,10}:\d{1,10}$/u)),
    type: textSchema,
    size: z.coerce.number().int().min(0).nullish().catch(undefined),
    fstype: textSchema,
    fsver: textSchema,
    label: textSchema,
    pttype: textSchema,
    parttype: textSchema,
    vendor: textSchema,
    model: textSchema,
    serial: textSchema,
    mountpoints: z.array(z.string().nullable()).nullish().catch(undefined),
    children: z.array(z.unknown()).nullish().catch(undefined),
  })
  .transform((raw) => ({
    own: {
      kernelName: raw.kname,
      deviceNumber: raw['maj:min'],
      type: raw.type,
      sizeBytes: raw.size ?? undefined,
      fsType: raw.fstype,
      fsVersion: raw.fsver,
      label: raw.label,
      tableType: raw.pttype,
      partitionType: raw.parttype,
      vendor: raw.vendor,
      model: raw.model,
      serial: raw.serial,
      mountPoints: (raw.mountpoints ?? []).filter((point) => point?.startsWith('/')) as string[],
    } satisfies RawNode,
    children: raw.children ?? [],
  }));

const maximumDepth = 12;
const maximumNodes = 4096;

/**
 * The top nodes of the trees. One device that cannot be parsed spoils the whole answer, because it might be the one
 * that matters.
 */
export function parseLsblk(output: string): Result<readonly BlockNode[], string> {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return fail('lsblk printed no JSON');
  }
  const top = z.object({ blockdevices: z.array(z.unknown()) }).safeParse(json);
  if (!top.success) return fail('lsblk printed no list of block devices');
  let nodesLeft = maximumNodes;

  const readAll = (values: readonly unknown[], depth: number): readonly BlockNode[] => {
    if (depth > maximumDepth) throw new TooMuch('its block devices are nested too deeply');
    return values.map((value) => {
      nodesLeft -= 1;
      if (nodesLeft < 0) throw new TooMuch(`it has more than ${maximumNodes} block devices`);
      const node = nodeSchema.safeParse(value);
      if (!node.success) throw new TooMuch('one of its block devices cannot be understood');
      return { ...node.data.own, children: readAll(node.data.children, depth + 1) };
    });
  };
  try {
    return succeed(readAll(top.data.blockdevices, 0));
  } catch (error) {
    if (error instanceof TooMuch) return fail(`lsblk: ${error.message}`);
    throw error;
  }
}

class TooMuch extends Error {}
