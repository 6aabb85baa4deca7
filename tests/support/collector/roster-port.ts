/** What the overview and the list of people ask of a database, as one suite for every database. */
import { expect } from 'vitest';
import { createOverviewRepository } from '../../../collector/src/repositories/overview.ts';
import { createPersonHistoryRepository } from '../../../collector/src/repositories/person-history.ts';
import { createRosterRepository } from '../../../collector/src/repositories/roster.ts';
import type { Storage } from '../../../collector/src/storage/storage.ts';

const now = (): Date => new Date('2026-11-22T09:00:00.000Z');
const everything = { policyId: 'staff', versionOrder: '', since: '' };

interface World {
  readonly schoolId: string;
  /** Stores an acceptance of this account, and gives back its key. */
  accept(storage: Storage): Promise<string>;
}

/** `on` opens an empty database for each test. */
export function describeRoster(
  on: (title: string, use: (storage: Storage) => Promise<void>) => void,
  { schoolId, accept }: World,
): void {
  const person = (externalId: string, fullName: string, login: string) => ({
    externalId,
    fullName,
    audience: 'staff',
    jobRole: '',
    email: '',
    login,
    sid: '',
  });

  on('counts people and accounts by audience and by the day of their answer', async (storage) => {
    await accept(storage);
    const overview = createOverviewRepository(storage, schoolId);
    expect(await overview.audiences('roster')).toEqual([]);
    expect(await overview.audiences('accounts')).toEqual([{ audience: 'staff', people: 1 }]);
    const [answer] = await overview.answers(everything, 'accounts', 'staff');
    expect(answer).toMatchObject({ action: 'accepted', count: 1 });
    expect(await overview.answers({ ...everything, since: '2999' }, 'accounts', 'staff')).toEqual([]);
    expect(await overview.pcs('2020')).toEqual({ active: 1, silent: 0, waiting: 0, expelled: 0 });
    expect(await overview.incidents('2020')).toEqual([]);
    expect(await overview.faults('2020')).toEqual([]);
    const numbers = [
      overview.openRequests(),
      overview.pcsWithGaps(),
      overview.wrongSignatures('2020'),
      overview.unmatchedAccounts(),
    ];
    expect(await Promise.all(numbers)).toEqual([0, 0, 0, 1]);
  });

  on('keeps the list of people, matches accounts, and finds who is missing', async (storage) => {
    const accountKey = await accept(storage);
    const roster = createRosterRepository(storage, schoolId, now);
    await roster.put([person('1', 'Carys Evans', 'carys'), person('2', 'Siân Rhys', 'sian')]);
    await roster.put([person('2', 'Siân Prys', 'sian')]);
    const page = await roster.page({ search: 'SIAN prys' }, 10);
    expect(page.items).toMatchObject([{ fullName: 'Siân Prys', accounts: 0 }]);
    const first = await roster.page({ audience: 'staff' }, 1);
    const second = await roster.page({ audience: 'staff', cursor: first.next }, 1);
    expect([...first.items, ...second.items].map(({ fullName }) => fullName)).toEqual([
      'Carys Evans',
      'Siân Prys',
    ]);
    expect(second.next).toBeUndefined();
    const [carys] = first.items;
    const found = await roster.find(carys?.personId ?? '');
    expect(found?.accounts).toMatchObject([{ accountKey, matchedBy: 'name' }]);
    const missing = await roster.outstanding(everything, 'staff', undefined, 10);
    expect(missing.items.map(({ fullName }) => fullName)).toEqual(['Siân Prys']);
    const overview = createOverviewRepository(storage, schoolId);
    expect(await overview.answers(everything, 'roster', 'staff')).toMatchObject([{ count: 1 }]);
    const history = createPersonHistoryRepository(storage, schoolId);
    expect(await history.answers([accountKey])).toMatchObject([{ policyId: 'staff', action: 'accepted' }]);
    expect(await history.incidents([accountKey], '2020')).toEqual([]);
    expect(await history.devices('Carys Evans')).toEqual([]);
  });

  on('takes an account from a person, and lists it with those who may be its own', async (storage) => {
    const accountKey = await accept(storage);
    const roster = createRosterRepository(storage, schoolId, now);
    await roster.put([person('1', 'Carys Evans', 'carys')]);
    const by = { actor: 'account:1', accountKey, personId: '' };
    expect(await roster.match({ ...by, staysOpen: true })).toBe(true);
    const { items } = await roster.unmatched(undefined, 10);
    expect(items).toMatchObject([{ accountKey, candidates: [{ fullName: 'Carys Evans' }] }]);
    expect(await roster.match({ ...by, staysOpen: false })).toBe(true);
    expect((await roster.unmatched(undefined, 10)).items).toEqual([]);
    expect(await roster.match({ ...by, accountKey: 'made-up', staysOpen: false })).toBe(false);
    const [carys] = await roster.listAll();
    await roster.finish({ actor: 'account:1', leftIds: [carys?.personId ?? ''], added: 0, changed: 0 });
    expect(await roster.listAll()).toMatchObject([{ hasLeft: true }]);
    expect(await roster.audiences()).toEqual([]);
  });
}
