/** The packs that the school's collector gave this PC, so that they are there when it is not. */
import { z } from 'zod';
import { audienceSchema, type PolicyPack, policyPackSchema } from '../../../shared/policy/pack.ts';
import { checkPack } from '../../../shared/policy/read-pack.ts';
import { openSmallStore, type SmallStore } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';
import { nodePackTools } from './node-tools.ts';

const storeSchema = z.strictObject({
  /** The packs of another collector are none of this one's. */
  collectorUrl: z.string().max(2048),
  audience: audienceSchema,
  /** Absent where the list was not taken whole: it is then asked for anew. */
  entityTag: z.string().max(256).optional(),
  packs: z.array(policyPackSchema).max(200),
});
export type FetchedPacks = Omit<z.infer<typeof storeSchema>, 'packs'> & {
  readonly packs: readonly PolicyPack[];
};

export interface CollectorPacksStore {
  /**
   * Undefined where nothing has been fetched yet, or where a text no longer has its hash: the others alone would look
   * like a school that asks for less.
   */
  read(): Promise<FetchedPacks | undefined>;
  write(fetched: FetchedPacks): Promise<void>;
}

interface Options {
  /** Asked at the first reading. */
  readonly directory: () => string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

const name = 'collector-packs';

export function createCollectorPacksStore(options: Options): CollectorPacksStore {
  type Opened = {
    readonly store: SmallStore<z.infer<typeof storeSchema>> | undefined;
    readonly fetched: FetchedPacks | undefined;
  };
  let opened: Promise<Opened> | undefined;

  const open = async (): Promise<Opened> => {
    const result = await openSmallStore({
      ...options,
      directory: options.directory(),
      name,
      schema: storeSchema,
    });
    if (!result.ok) {
      options.onFault({
        fault: 'collector-packs-unreadable',
        subject: result.error.file,
        reason: `The copy of the collector's policies cannot be used (${result.error.kind}).`,
      });
      return { store: undefined, fetched: undefined };
    }
    const { store, state } = result.value;
    if (state.found !== 'loaded') return { store, fetched: undefined };
    const { entityTag, packs, ...rest } = state.value;
    const damaged = packs.filter((pack) => !checkPack(pack, nodePackTools).ok);
    if (damaged.length > 0) {
      options.onFault({
        fault: 'collector-packs-damaged',
        subject: `${name}.json`,
        reason: `${damaged.length} of ${packs.length} policies kept on this PC are not the text that their hash was taken of. None is used until they have been fetched again.`,
      });
      return { store, fetched: undefined };
    }
    return { store, fetched: { ...rest, ...(entityTag === undefined ? {} : { entityTag }), packs } };
  };

  const openOnce = () => {
    opened ??= open();
    return opened;
  };

  return {
    read: async () => (await openOnce()).fetched,
    write: async (fetched) => {
      const { store } = await openOnce();
      // What could not be written counts for this run all the same; the next one fetches it again.
      opened = Promise.resolve({ store, fetched });
      await store?.write({ ...fetched, packs: [...fetched.packs] });
    },
  };
}
