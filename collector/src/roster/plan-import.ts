/** Compares a file with the list as it is: who is added, who changes, who has left. */
import { createHash } from 'node:crypto';
import type { RosterPerson } from './read-people.ts';

export interface ListedPerson extends RosterPerson {
  readonly personId: string;
  readonly hasLeft: boolean;
}

export interface ImportPlan {
  readonly added: readonly RosterPerson[];
  readonly changed: readonly RosterPerson[];
  readonly unchanged: number;
  /** Only of the audiences in the file, and only where every line of it could be read. */
  readonly left: readonly ListedPerson[];
}

const fields = ['fullName', 'audience', 'jobRole', 'email', 'login', 'sid'] as const;

export function planImport(
  people: readonly RosterPerson[],
  listed: readonly ListedPerson[],
  hasErrors: boolean,
): ImportPlan {
  const known = new Map(listed.map((person) => [person.externalId, person]));
  const added: RosterPerson[] = [];
  const changed: RosterPerson[] = [];
  for (const person of people) {
    const before = known.get(person.externalId);
    if (before === undefined) added.push(person);
    else if (before.hasLeft || fields.some((field) => before[field] !== person[field])) changed.push(person);
  }
  const named = new Set(people.map(({ externalId }) => externalId));
  const audiences = new Set(people.map(({ audience }) => audience));
  const left = hasErrors
    ? []
    : listed.filter(
        ({ externalId, audience, hasLeft }) => !hasLeft && audiences.has(audience) && !named.has(externalId),
      );
  return { added, changed, unchanged: people.length - added.length - changed.length, left };
}

/** Changes with every person of the plan. */
export function fingerprintOf({ added, changed, left }: ImportPlan): string {
  const ids = left.map(({ personId }) => personId);
  return createHash('sha256')
    .update(JSON.stringify([added, changed, ids]))
    .digest('hex');
}
