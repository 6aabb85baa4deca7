/**
 * Twenty people on one computer, each with an agent of their own and one collector for all. All enrol, all accept, and
 * the state of one holds nothing of another. As root each agent runs as a system user of its own.
 */
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from '@playwright/test';
import { isRoot } from '../../build/runtime/system-packages.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { fillIn, proceed, words } from '../support/e2e/answer.ts';
import { testAgentFolder } from '../support/e2e/build-test-agent.ts';
import { test, type World } from '../support/e2e/world.ts';
import { type LaunchedElectron, launchElectron } from '../support/launch-electron.ts';

const people = 20;
/** Two cores start two agents as fast as twenty. */
const atOnce = 2;
/** Above the ids that a system gives to its users, below its reserved ids. */
const firstUserId = 61_001;

interface Person {
  readonly accountName: string;
  readonly sid: string;
  readonly fullName: string;
  readonly userId: number | undefined;
  readonly home: string;
}

const listPeople = (folder: string): readonly Person[] =>
  Array.from({ length: people }, (_unused, index) => {
    const number = String(index + 1).padStart(2, '0');
    return {
      accountName: `person${number}`,
      sid: `S-1-5-21-1004336348-1177238915-682003330-${2001 + index}`,
      fullName: `Person Number ${number}`,
      userId: isRoot() ? firstUserId + index : undefined,
      home: path.join(folder, 'homes', `person${number}`),
    };
  });

const own = async ({ userId }: Person, file: string): Promise<void> => {
  if (userId !== undefined) await chown(file, userId, userId);
};

const settle = async (person: Person): Promise<void> => {
  await mkdir(person.home, { recursive: true, mode: 0o700 });
  const journalFile = path.join(person.home, 'journal.txt');
  const script = {
    account: {
      name: person.accountName,
      domain: 'YSGOL',
      sid: person.sid,
      upn: '',
      displayName: person.fullName,
    },
    groups: ['YSGOL\\Staff'],
    loginId: `login of ${person.accountName}`,
    signOut: 'taken',
    realLogind: false,
    speed: 1,
    journalFile,
  };
  await writeFile(path.join(person.home, 'script.json'), JSON.stringify(script));
  await writeFile(journalFile, '');
  for (const file of ['script.json', 'journal.txt', '']) await own(person, path.join(person.home, file));
};

const start = (world: World, { home, userId }: Person): Promise<LaunchedElectron> =>
  launchElectron({
    app: testAgentFolder,
    display: world.display,
    userDataFolder: path.join(home, 'profile'),
    args: ['--at-logon', '--config', path.join(world.folder, 'config.json')],
    cwd: home,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      PORTHOR_TEST_SCRIPT: path.join(home, 'script.json'),
    },
    ...(userId === undefined ? {} : { userId }),
  });

const readLog = ({ home }: Person) =>
  readFile(path.join(home, 'profile/logs/agent.log'), 'utf8').catch(() => '');

const accept = async (agent: LaunchedElectron, person: Person): Promise<void> => {
  const { accept: button, confirm, fullName } = words['en-GB'];
  const find = () => agent.app.windows().find((page) => page.url() === 'porthor://app/gate.html');
  await expect.poll(find, { timeout: 30_000 }).toBeDefined();
  const gate = find();
  if (gate === undefined) throw new Error(`${person.accountName} sees no gate`);
  await expect(gate.getByRole('textbox', { name: fullName })).toHaveValue(person.fullName, {
    timeout: 30_000,
  });
  await fillIn(gate);
  await gate.getByRole('textbox', { name: fullName }).fill(person.fullName);
  await gate.getByRole('button', { name: button, exact: true }).click();
  await gate.getByRole('button', { name: confirm }).click();
  await proceed(gate);
  await expect.poll(() => readLog(person), { timeout: 20_000 }).toContain('gate: open: receipt');
};

const inPairs = async (all: readonly Person[], work: (person: Person) => Promise<void>): Promise<void> => {
  const waiting = [...all];
  const takeTurns = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, takeTurns));
};

/** The text files below a folder, and their owners. */
const filesOf = async (folder: string) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const { uid, mode } = await stat(file);
        return { file, uid, mode, text: await readFile(file, 'utf8') };
      }),
  );
};

test(`${people} agents of ${people} users: all enrol, all accept, and no state mixes two users`, async ({
  world,
}) => {
  test.setTimeout(240_000);
  if (!isRoot()) console.log('NOT AS USERS OF THEIR OWN: only root may start programs as somebody else.');
  const everybody = listPeople(world.folder);
  // The folders of this test are closed to other users, so open what their agents have to read.
  await chmod(world.folder, 0o711);
  await mkdir(path.join(world.folder, 'homes'));
  const agents = new Map<Person, LaunchedElectron>();
  const startedAt = performance.now();
  try {
    await inPairs(everybody, async (person) => {
      await settle(person);
      const agent = await start(world, person);
      agents.set(person, agent);
      await accept(agent, person);
    });
    console.log(
      `${people} agents run beside each other after ${Math.round((performance.now() - startedAt) / 1000)} s`,
    );

    const collector = world.collector();
    await expect
      .poll(async () => (await collector.acknowledgements()).length, { timeout: 20_000 })
      .toBe(people);
    const acknowledged = await collector.acknowledgements();
    expect(
      acknowledged.map(({ accountName, fullName, evidence }) => [accountName, fullName, evidence]).toSorted(),
    ).toEqual(everybody.map(({ accountName, fullName }) => [accountName, fullName, 'valid']));
    expect(await collector.sequenceGaps()).toEqual([]);

    const database = new DatabaseSync(path.join(world.folder, 'collector/collector.sqlite'), {
      readOnly: true,
    });
    const rows = database.prepare('select agent_id, public_key from agents').all();
    const senders = database
      .prepare(
        "select agent_id, json_extract(raw, '$.data.account.name') as person from events where person is not null",
      )
      .all();
    database.close();
    expect(new Set(rows.map((row) => row['agent_id'])).size).toBe(people);
    expect(new Set(rows.map((row) => row['public_key'])).size).toBe(people);
    expect(new Set(senders.map((row) => row['agent_id'])).size).toBe(people);
    expect(new Set(senders.map((row) => `${String(row['agent_id'])} ${String(row['person'])}`)).size).toBe(
      people,
    );

    for (const person of everybody) {
      const agent = agents.get(person);
      if (agent === undefined) throw new Error(`${person.accountName} has no agent`);
      expect(agent.app.windows(), person.accountName).toHaveLength(0);
      if (person.userId !== undefined) {
        expect((await stat(`/proc/${agent.pid}`)).uid, person.accountName).toBe(person.userId);
      }
      const files = await filesOf(path.join(person.home, 'profile/state'));
      const all = files.map(({ text }) => text).join('\n');
      for (const other of everybody) {
        expect(all.includes(other.accountName), `${other.accountName} with ${person.accountName}`).toBe(
          other === person,
        );
      }
      for (const { file, uid, mode } of files) {
        expect(mode & 0o077, `${file} may be read by others`).toBe(0);
        if (person.userId !== undefined) expect(uid, file).toBe(person.userId);
      }
    }
    const verified = await runCollector('verify', '--data', path.join(world.folder, 'collector'));
    expect(verified).toMatchObject({ code: 3 });
    expect(verified.stdout).toContain(`All ${people} acknowledgements are as they arrived`);

    // Started again beside the others, each agent finds its own state and does not ask again.
    const [first, , third] = everybody;
    for (const person of [first, third]) {
      if (person === undefined) continue;
      await agents.get(person)?.kill();
      const before = (await readLog(person)).length;
      agents.set(person, await start(world, person));
      const openings = async () =>
        [...(await readLog(person)).slice(before).matchAll(/gate: open: ([a-z-]+)/gu)].map(([, how]) => how);
      await expect.poll(openings, { timeout: 20_000 }).toEqual(['receipt']);
    }
    expect(await collector.acknowledgements()).toHaveLength(people);
  } finally {
    await Promise.all([...agents.values()].map((agent) => agent.close(500)));
  }
});
