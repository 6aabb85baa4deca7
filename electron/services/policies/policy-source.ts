/**
 * Where the packs that this PC may show come from: the school's folder, else the last known packs, else those shipped.
 */
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { packProblem } from '../../../shared/policy/pack-problem.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { LoadedPacks, RefusedPack } from '../../storage/packs/load-packs.ts';

export interface PolicySourcePorts {
  readonly clock: Pick<Clock, 'setTimer'>;
  loadPacks(directory: string): Promise<LoadedPacks>;
  /** Packs that were valid when the school's folder could last be read. */
  lastKnown: {
    read(): Promise<readonly PolicyPack[]>;
    write(packs: readonly PolicyPack[]): Promise<void>;
  };
  onRefused(refused: RefusedPack): void;
}

export interface PoliciesRead {
  readonly packs: readonly PolicyPack[];
  /**
   * Why an expected pack could not be read; undefined if all could be. With a problem, "no pack for this person" does
   * not mean that the school wants none.
   */
  readonly problem: string | undefined;
  /**
   * The collector has chosen what is in effect, or would have. A PC whose clock is years behind must not conclude that
   * no policy is.
   */
  readonly areInEffect?: true;
}

export interface PolicySource {
  read(): Promise<PoliciesRead>;
}

/** The system may let a share keep its reader waiting for long; a user at login must not wait that long. */
const folderDeadlineMs = 4000;

/**
 * @param schoolDirectory `policy.directory`; empty means the packs that Porthor brings.
 * @param shippedDirectory the packs that Porthor brings.
 */
export function createPolicySource(
  schoolDirectory: string,
  shippedDirectory: string,
  ports: PolicySourcePorts,
): PolicySource {
  /** The last reading of this run, so that a slow folder is known too, even if it holds no policy for this user. */
  let lastRead: LoadedPacks | undefined;
  let underWay: Promise<LoadedPacks> | undefined;

  const readFolder = async (): Promise<LoadedPacks> => {
    const loaded = await ports.loadPacks(schoolDirectory);
    const isBare = loaded.packs.length === 0 && loaded.refused.length === 0;
    const isEmptied = isBare && (await ports.lastKnown.read()).length > 0;
    const read = isEmptied ? { packs: [], refused: [emptied] } : loaded;
    // Store it even if it is too late for this call: the next reading and the next login find it here.
    if (read.refused.length === 0) await ports.lastKnown.write(read.packs);
    lastRead = read;
    return read;
  };

  const readFolderInTime = (): Promise<LoadedPacks> => {
    underWay ??= readFolder().finally(() => {
      underWay = undefined;
    });
    let callOff = () => {};
    const late = new Promise<LoadedPacks>((resolve) => {
      callOff = ports.clock.setTimer(folderDeadlineMs, () => {
        if (lastRead !== undefined) ports.onRefused(unanswered);
        resolve(lastRead ?? { packs: [], refused: [unanswered] });
      });
    });
    return Promise.race([underWay, late]).finally(() => callOff());
  };

  return {
    read: async () => {
      const isSchools = schoolDirectory !== '';
      const loaded = await (isSchools ? readFolderInTime() : ports.loadPacks(shippedDirectory));
      for (const refused of loaded.refused) ports.onRefused(refused);
      const [first] = loaded.refused;
      if (first === undefined) return { packs: loaded.packs, problem: undefined };
      // A file there is broken, or the share is away. Neither must make the agent forget a policy that was valid
      // before. It chooses the current version with both versions at hand.
      const lastKnown = isSchools ? await ports.lastKnown.read() : [];
      return {
        packs: [...loaded.packs, ...lastKnown.filter((pack) => !isAmong(pack, loaded.packs))],
        problem: `${first.name}: ${first.problem.subject}: ${first.problem.reason}`,
      };
    },
  };
}

const schoolFolder = 'the school’s folder';

/**
 * An unmounted share, or one that is being filled, looks like this too. It must neither open every gate nor make a PC
 * forget its policies. A school that wants no policy has a setting for that.
 */
const emptied: RefusedPack = {
  name: schoolFolder,
  problem: packProblem('no-packs', 'policy.directory', 'it holds no policy, and it held some before'),
};

const unanswered: RefusedPack = {
  name: schoolFolder,
  problem: packProblem('no-answer', 'policy.directory', 'it did not answer in time'),
};

function isAmong(pack: PolicyPack, packs: readonly PolicyPack[]): boolean {
  return packs.some(
    ({ manifest }) => manifest.id === pack.manifest.id && manifest.version === pack.manifest.version,
  );
}
