/** The gate's first screen comes drawn from the main process: it can be read at once, and the page takes it over unseen. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { drawFirstScreen } from '../../renderer/gate/first-screen.tsx';
import type { DrawnScreen } from '../../shared/ipc/contract.ts';
import { type GateContract, type GateScreen, type GateState, gateContract } from '../../shared/ipc/gate.ts';
import { type Language, languages } from '../../shared/lib/language.ts';
import { gateHandlers, gateState, policyScreen, shippedPolicy } from '../support/renderer/gate-states.ts';
import type { WindowDouble } from '../support/renderer/open-window.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();
const viewport = { width: 1280, height: 800 };
const staff = policyScreen(await shippedPolicy('staff'));
let opened: WindowDouble<GateContract>[] = [];

afterEach(async () => {
  const faults = opened.flatMap((double) => double.faults);
  await Promise.all(opened.map((double) => double.close()));
  opened = [];
  // A page that does not fit what was drawn says so in the console.
  expect(faults).toEqual([]);
});

const draw = (state: GateState): DrawnScreen => ({
  html: drawFirstScreen(state, viewport),
  pageSize: viewport,
});

async function open(
  state: GateState,
  more: { drawn?: DrawnScreen; prepare?: (page: Page) => Promise<void> } = {},
): Promise<WindowDouble<GateContract>> {
  const double = await windows.open({
    contract: gateContract,
    state,
    handlers: (self) => gateHandlers(self),
    context: { reducedMotion: 'reduce', viewport },
    ...more,
  });
  opened.push(double);
  return double;
}

/** Elements with their attributes in order, words, ticks and typed text: what a user can tell. React leaves marks besides. */
const markup = ({ page }: WindowDouble<GateContract>): Promise<string> =>
  page.evaluate(() => {
    const describeNode = (node: Node): string => {
      if (node instanceof Text) return node.data;
      if (!(node instanceof Element)) return '';
      const held = node instanceof HTMLInputElement ? [`${node.checked} ${node.value}`] : [];
      const attributes = [...node.attributes]
        .filter(({ name }) => !(node instanceof HTMLInputElement && ['checked', 'value'].includes(name)))
        .map(({ name, value }) => `${name}=${value}`)
        .sort();
      const inside = [...node.childNodes].map(describeNode).join('');
      return `\n<${[node.tagName, ...attributes, ...held].join(' ')}>${inside}`;
    };
    return describeNode(document.getElementById('root') ?? document.body);
  });

/** The page shows the same as a page that drew itself, once both have been taken to the end of their start. */
async function expectSame(drawn: WindowDouble<GateContract>, itself: WindowDouble<GateContract>) {
  await expect
    .poll(
      async () => {
        const [ours, theirs] = await Promise.all([markup(drawn), markup(itself)]);
        return ours === theirs ? 'the same' : `${ours}\n\n${theirs}`;
      },
      { timeout: 20_000 },
    )
    .toBe('the same');
}

/** Holds the page's own code back until the returned function is called. */
function holdCode() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    release,
    prepare: async (page: Page): Promise<void> => {
      await page.route(/\/open-gate-[^/]*\.js$/u, async (route) => {
        await released;
        await route.continue();
      });
    },
  };
}

const screens: Readonly<Record<string, { screen: GateScreen; more?: Partial<GateState> }>> = {
  'the policy': { screen: staff },
  'the policy in a demonstration': {
    screen: staff,
    more: { demonstration: true, breakGlassAvailable: true },
  },
  'a policy that was not recorded': { screen: { ...staff, notice: 'not-recorded', noticeDetail: 'EIO' } },
  'a policy that was half answered': {
    screen: {
      ...staff,
      draft: { ticked: [staff.policy.statements[0]?.id ?? ''], fullName: 'Eleri', jobRole: '' },
    },
  },
  'a gate that does not know yet': { screen: { name: 'checking' } },
  'a gate that cannot know': {
    screen: { name: 'blocked', reason: 'policy-unreadable', detail: 'policy.json' },
  },
};

describe.each(languages)('in %s', (language: Language) => {
  test.each(Object.keys(screens))('%s is the same drawn and by itself', async (name) => {
    const { screen, more } = screens[name] ?? { screen: staff };
    const state = gateState(screen, { language, ...more });
    const [drawn, itself] = await Promise.all([open(state, { drawn: draw(state) }), open(state)]);
    await expectSame(drawn, itself);
    expect(await drawn.page.title()).toBe(await itself.page.title());
    expect(await drawn.page.locator('html').getAttribute('lang')).toBe(language);
    expect(drawn.inputsOf('painted')).toEqual([{ screen: screen.name }]);
  });
});

test('a user reads, with focus on the heading, before the page has code of its own', async () => {
  const state = gateState(staff);
  const { prepare } = holdCode();
  const double = await open(state, { drawn: draw(state), prepare });
  const { page } = double;
  await page.getByRole('heading', { level: 1, name: staff.policy.title['en-GB'] }).waitFor();
  await expect.poll(() => double.inputsOf('painted')).toEqual([{ screen: 'policy' }]);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await page.getByRole('button', { name: 'I accept' }).waitFor();
});

test('ticks, words and a press on the drawn screen count', async () => {
  const state = gateState(staff);
  const { prepare, release } = holdCode();
  const { page } = await open(state, { drawn: draw(state), prepare });
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByLabel('Full name').fill('Eleri Wynne');
  await page.getByLabel('Job title or role').fill('Teacher');
  await page.getByRole('button', { name: 'I accept' }).click();
  release();
  await page.getByRole('heading', { level: 1, name: 'Check before you confirm' }).waitFor();
  expect(await page.getByText('Eleri Wynne').count()).toBeGreaterThan(0);
  expect(await page.getByText('Teacher', { exact: true }).count()).toBeGreaterThan(0);
});

test('focus that the user has moved on stays where it is', async () => {
  const state = gateState(staff);
  const { prepare, release } = holdCode();
  const { page } = await open(state, { drawn: draw(state), prepare });
  await page.getByLabel('Full name').focus();
  release();
  // React marks the element that it has taken over.
  await page.waitForFunction(() =>
    Object.keys(document.getElementById('root') ?? {}).some((key) => key.startsWith('__reactContainer')),
  );
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('full-name');
});

test('a newer state replaces the drawn one, also when it comes first', async () => {
  const state = gateState(staff);
  const { prepare, release } = holdCode();
  const double = await open(state, { drawn: draw(state), prepare });
  await double.push(gateState({ name: 'blocked', reason: 'records-unreadable', detail: 'outbox.log' }));
  release();
  const itself = await open(double.state());
  await expectSame(double, itself);
});
