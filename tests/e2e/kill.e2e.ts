/**
 * Kills the agent as a power cut does, at every step of accepting, and starts it again.
 *
 * After every kill: where the gate was open, the acceptance of that version is on disk; where the screen said "accepted",
 * the agent does not ask again. At the end: the collector has each acceptance exactly once.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { z } from 'zod';
import { acknowledgedDataSchema } from '../../shared/wire/events.ts';
import { fillIn, proceed, words } from '../support/e2e/answer.ts';
import { type RunningAgent, test, type World } from '../support/e2e/world.ts';
import { seededRandom } from '../support/seeded-random.ts';

const en = words['en-GB'];
const kills = Number(process.env['PORTHOR_KILLS'] ?? 200);
const seed = Number(process.env['PORTHOR_KILL_SEED'] ?? 20261122);
/** Number of tests that share the kills. */
const parts = Math.min(4, kills);

/** The steps at which the agent is killed. A step that takes longer has a longer delay before the kill. */
const moments = [
  { name: 'starting', weight: 2, withinMs: 900 },
  { name: 'reading', weight: 1, withinMs: 50 },
  { name: 'filled in', weight: 1, withinMs: 20 },
  { name: 'looking over', weight: 1, withinMs: 20 },
  // The critical step: a few milliseconds lie between the press and the receipt on disk.
  { name: 'confirming', weight: 9, withinMs: 40 },
  { name: 'accepted', weight: 2, withinMs: 20 },
  { name: 'open', weight: 2, withinMs: 300 },
] as const;
type Moment = (typeof moments)[number];

function chooseMoment(random: () => number): Moment {
  let left = random() * moments.reduce((sum, { weight }) => sum + weight, 0);
  for (const moment of moments) {
    left -= moment.weight;
    if (left < 0) return moment;
  }
  return moments[0];
}

const logLineSchema = z.object({ event: z.object({ type: z.string(), data: z.unknown() }) });
const receiptsSchema = z.object({
  value: z.object({ receipts: z.array(z.object({ policyVersion: z.string() })) }),
});

/** Versions whose acceptance is on disk, read without the agent. */
async function versionsOnDisk(world: World): Promise<readonly string[]> {
  const states = path.join(world.folder, 'profile/state');
  const versions: string[] = [];
  for (const machine of await readdir(states).catch(() => [])) {
    const read = (name: string) => readFile(path.join(states, machine, name), 'utf8').catch(() => '');
    for (const line of (await read('outbox.log')).split('\n')) {
      const record = logLineSchema.safeParse(parseJson(line.slice(9))).data;
      const data = acknowledgedDataSchema.safeParse(record?.event.data).data;
      if (data?.action === 'accepted') versions.push(data.policyVersion);
    }
    const stored = receiptsSchema.safeParse(parseJson(await read('receipts.json'))).data;
    versions.push(...(stored?.value.receipts ?? []).map(({ policyVersion }) => policyVersion));
  }
  return versions;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

/** Whether this run has opened the gate, by its own part of the log. */
async function hasOpened(agent: RunningAgent, logBefore: number): Promise<boolean> {
  return (await agent.log()).slice(logBefore).includes('gate: open: ');
}

/** Waits until the gate asks or has opened. */
async function untilDecided(agent: RunningAgent, logBefore: number): Promise<Page | 'open'> {
  const endsAt = performance.now() + 30_000;
  while (performance.now() < endsAt) {
    if (await hasOpened(agent, logBefore)) return 'open';
    const gate = agent.pageOf('gate');
    const accept = gate?.getByRole('button', { name: en.accept, exact: true });
    // A prewarmed window that is not needed may close during this check.
    if (gate !== undefined && (await accept?.isVisible().catch(() => false)) === true) return gate;
    await pause(25);
  }
  throw new Error(`neither asked nor open; log:\n${await agent.log()}`);
}

async function killAgainAndAgain(world: World, kills: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  await world.configure({ gate: { openAfterCrashes: 0 } });
  let version = 1;
  const accepted = new Set<string>();
  /** The screen has said "accepted" for the version that the gate asks for now. */
  let wasShownAccepted = false;
  const counts = new Map<string, number>();
  const publish = () => world.publish({ version: `3000.${version}`, material: true });
  await publish();

  for (let kill = 0; kill < kills; kill += 1) {
    const moment = chooseMoment(random);
    const delayMs = random() * moment.withinMs;
    const current = `3000.${version}`;
    const agent = await world.start();
    const { logBefore } = agent;
    let reached: Moment['name'] = 'starting';

    if (moment.name !== 'starting') {
      const decided = await untilDecided(agent, logBefore);
      if (decided === 'open') reached = 'open';
      else {
        expect(wasShownAccepted, `asked again for ${current} after "accepted" was shown`).toBe(false);
        reached = await answerUntil(decided, moment.name);
        if (reached === 'accepted' || reached === 'open') wasShownAccepted = true;
      }
    }
    await pause(delayMs);
    await agent.kill();
    counts.set(reached, (counts.get(reached) ?? 0) + 1);

    const onDisk = await versionsOnDisk(world);
    const isOpen = await hasOpened(agent, logBefore);
    if (isOpen || wasShownAccepted)
      expect(onDisk, `${current}: open or shown as accepted`).toContain(current);
    if (isOpen) {
      accepted.add(current);
      version += 1;
      wasShownAccepted = false;
      await publish();
      // The agent asks for a version that was published after the gate opened at the next login.
      await world.script({ loginId: `login-${version}` });
    }
    await agent.close(0);
  }

  // An accepted version also counts when no run was seen to open the gate for it.
  for (const onDisk of await versionsOnDisk(world)) accepted.add(onDisk);
  console.log(
    `kills by step: ${JSON.stringify(Object.fromEntries(counts))}; versions accepted: ${accepted.size}`,
  );
  expect(accepted.size).toBeGreaterThan(kills / 20);

  const last = await world.start();
  await expect
    .poll(async () => new Set(await acceptedAtCollector(world)), { timeout: 60_000 })
    .toEqual(accepted);
  await last.close();
  const delivered = await acceptedAtCollector(world);
  expect(delivered).toHaveLength(accepted.size);
  expect(await world.collector().sequenceGaps()).toEqual([]);
}

// Several agents of several worlds, so that they run side by side.
for (const part of Array.from({ length: parts }, (_unused, index) => index)) {
  const own = { kills: Math.ceil(kills / parts), seed: seed + part };
  test(`${own.kills} kills at random moments (seed ${own.seed}): no gate open without a receipt, nothing lost, nothing doubled`, async ({
    world,
  }) => {
    test.setTimeout(60_000 + own.kills * 15_000);
    await killAgainAndAgain(world, own.kills, own.seed);
  });
}

async function acceptedAtCollector(world: World): Promise<readonly string[]> {
  const acknowledgements = await world.collector().acknowledgements();
  return acknowledgements
    .filter(({ action }) => action === 'accepted')
    .map(({ policyVersion }) => policyVersion);
}

/** Answers up to the step. Returns the step reached. */
async function answerUntil(gate: Page, step: Moment['name']): Promise<Moment['name']> {
  if (step === 'reading') return step;
  await fillIn(gate);
  if (step === 'filled in') return step;
  await gate.getByRole('button', { name: en.accept, exact: true }).click();
  await expect(gate.getByRole('button', { name: en.confirm })).toBeVisible();
  if (step === 'looking over') return step;
  // Do not wait for the result: the kill comes while the agent writes it.
  await gate.getByRole('button', { name: en.confirm }).dispatchEvent('click');
  if (step === 'confirming') return step;
  await expect(gate.getByRole('button', { name: en.continue, exact: true })).toBeVisible();
  if (step === 'accepted') return step;
  await proceed(gate);
  return 'open';
}
