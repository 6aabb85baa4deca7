/** Ends a program with everything that it has started, whatever process groups those made for themselves. */
import { readdirSync, readFileSync } from 'node:fs';

/** The parent's id in the text of `/proc/PID/stat`, whose second field is a name in brackets that may hold anything. */
export const parseParentId = (stat: string): number | undefined => {
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return Number.isInteger(parent) ? parent : undefined;
};

/** Descendants of `pid`, nearest first, by a map of every process to its parent. */
export const descendantsOf = (pid: number, parents: ReadonlyMap<number, number>): readonly number[] => {
  const found = [pid];
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child);
  }
  return found.slice(1);
};

const readParents = (): ReadonlyMap<number, number> => {
  const parents = new Map<number, number>();
  if (process.platform !== 'linux') return parents;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    try {
      const parent = parseParentId(readFileSync(`/proc/${name}/stat`, 'utf8'));
      if (parent !== undefined) parents.set(Number(name), parent);
    } catch {
      // It has ended meanwhile.
    }
  }
  return parents;
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
};

/** `pid` leads a process group; where descendants cannot be listed, the group is what ends. */
export const endTree = (pid: number): void => {
  const descendants = descendantsOf(pid, readParents());
  kill(-pid);
  kill(pid);
  for (const descendant of descendants) kill(descendant);
};
