/**
 * The self-check in the real Electron: from the command line, with the product's own adapters and beside a running
 * agent, and in the window behind the tray.
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from '@playwright/test';
import { type RunResult, run } from '../../build/runtime/child.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import {
  type SelfCheckItem,
  type SelfCheckItemName,
  type SelfCheckReport,
  selfCheckItemNames,
  selfCheckReportSchema,
} from '../../shared/self-check/report.ts';
import { makeAuthority, makeCertificate } from '../fixtures/make-certificate.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { startHttpsFront } from '../support/e2e/https-front.ts';
import { openFromTray } from '../support/e2e/tray.ts';
import { test as base, type RunningAgent, type World } from '../support/e2e/world.ts';
import { ensureLogindPrograms, type PrivateLogind, startPrivateLogind } from '../support/private-logind.ts';

interface Desk {
  readonly logind: PrivateLogind;
  /** The login session in which the check is run. */
  readonly session: string;
  /** Runs the product itself, not the test agent, with the settings and the folders of the world's agent. */
  check(...options: readonly string[]): Promise<RunResult>;
  /** The same, without a display. */
  checkUnseen(...options: readonly string[]): Promise<RunResult>;
}

const test = base.extend<{ readonly place: Desk }>({
  place: async ({ world }, use) => {
    await ensureLogindPrograms();
    const [runtime, logind] = await Promise.all([ensureRuntime(), startPrivateLogind()]);
    const session = await logind.addSession('c1', process.getuid?.() ?? -1);
    const temporary = path.join(world.folder, 'temporary');
    await mkdir(temporary);
    const start = async (env: NodeJS.ProcessEnv, switches: readonly string[], options: readonly string[]) => {
      const result = await run(
        runtime.executablePath,
        [
          ...runtime.launchArgs,
          ...switches,
          `--user-data-dir=${path.join(world.folder, 'profile')}`,
          projectRoot,
          '--config',
          path.join(world.folder, 'config.json'),
          '--self-check',
          ...options,
        ],
        {
          env: { ...env, ...logind.environment, XDG_SESSION_ID: 'c1', TMPDIR: temporary },
          deadlineMs: 60_000,
        },
      );
      // Chromium may recreate an empty profile while it ends. That must hold no data about the network.
      const left = await readdir(temporary, { recursive: true });
      expect(left.filter((file) => /network|cache|cookies/iu.test(file))).toEqual([]);
      return result;
    };
    await use({
      logind,
      session,
      check: (...options) => start(world.display.env, [], options),
      checkUnseen: (...options) => {
        const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = world.display.env;
        return start(env, ['--ozone-platform=headless'], options);
      },
    });
    await logind.stop();
  },
});

const exitCodes = { ok: 0, degraded: 1, failed: 2 } as const;

/** Reads the report, and checks that the exit code agrees with it. */
function reportOf({ outcome, status, stdout, stderr }: RunResult): SelfCheckReport {
  expect(outcome, stderr).toBe('exited');
  const report = selfCheckReportSchema.parse(JSON.parse(stdout));
  expect(status).toBe(exitCodes[report.result]);
  return report;
}

function itemOf(report: SelfCheckReport, name: SelfCheckItemName): Partial<SelfCheckItem> {
  return report.items.find((item) => item.name === name) ?? {};
}

/** Disables the check of the test PC's own media, so that the other items decide. */
const withoutMedia = { media: { mode: 'off' } };

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true });
  return found.toSorted();
}

async function stored(world: World): Promise<string> {
  const { code, stdout, stderr } = await runCollector(
    'export',
    '--data',
    path.join(world.folder, 'collector'),
  );
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

async function openGate(world: World): Promise<RunningAgent> {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  await expect
    .poll(() => agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length))
    .toBe(0);
  return agent;
}

test('beside a running agent the self-check reports what works, disturbs nothing, and names no person', async ({
  world,
  place: { logind, check },
}) => {
  await world.configure(withoutMedia);
  const agent = await openGate(world);
  await expect.poll(() => stored(world)).toContain('porthor.agent.started.v1');
  const before = {
    state: await filesBelow(path.join(world.folder, 'profile/state')),
    stored: await stored(world),
  };
  const saved = path.join(world.folder, 'report.json');
  const result = await check('--json', '--save', saved);
  const report = reportOf(result);

  expect(itemOf(report, 'configuration')).toMatchObject({ outcome: 'ok', detail: 'file' });
  expect(itemOf(report, 'display')).toMatchObject({ outcome: 'ok', detail: 'x11' });
  expect(itemOf(report, 'session')).toMatchObject({ outcome: 'ok', detail: 'in front' });
  expect(itemOf(report, 'idle')).toMatchObject({ outcome: 'ok', detail: expect.stringMatching(/^\d+ s$/u) });
  expect(itemOf(report, 'presence')).toMatchObject({ outcome: 'ok' });
  expect(itemOf(report, 'records')).toMatchObject({ outcome: 'ok' });
  expect(itemOf(report, 'proxy')).toMatchObject({ outcome: 'ok', finding: 'proxy-direct' });
  expect(itemOf(report, 'collector')).toMatchObject({ outcome: 'ok' });
  expect(itemOf(report, 'certificate')).toMatchObject({ finding: 'certificate-not-used' });
  expect(itemOf(report, 'clock')).toMatchObject({ outcome: 'ok', detail: expect.stringMatching(/^\d s/u) });
  expect(itemOf(report, 'usb')).toMatchObject({ finding: 'switched-off' });
  expect(itemOf(report, 'lock')).toMatchObject({ outcome: 'not-tried' });

  // The file holds what was printed, for this account only, and names neither the person nor the PC nor the school.
  expect(await readFile(saved, 'utf8')).toBe(result.stdout);
  expect((await stat(saved)).mode & 0o777).toBe(0o600);
  expect(result.stderr).toContain(saved);
  const text = result.stdout.toLowerCase();
  for (const secret of [
    os.hostname(),
    os.homedir(),
    world.folder,
    'Ysgol y Bryn',
    'Nia',
    'Huws',
    '960123',
    'ysgol.example',
    new URL(world.collector().address).port,
    '127.0.0.1',
  ]) {
    expect(text, secret).not.toContain(secret.toLowerCase());
  }

  // The self-check locked nothing, left no file and reported nothing; the agent still runs with its gate open.
  expect(await logind.deeds()).toEqual([]);
  expect(await filesBelow(path.join(world.folder, 'profile/state'))).toEqual(before.state);
  expect(await stored(world)).toBe(before.stored);
  expect(await agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  expect((await agent.log()).slice(agent.logBefore).match(/gate: open/gu)).toHaveLength(1);
});

test('the self-check prints in the user’s language, and its exit code gives the result', async ({
  world,
  place: { logind, session, check, checkUnseen },
}) => {
  await world.configure({ ...withoutMedia, language: 'cy-GB' });
  const welsh = await check();
  expect(welsh.stdout).toContain('Hunanwiriad Porthor');
  expect(welsh.stdout).toMatch(/IAWN +Casglwr: Yn gweithio\./u);

  await world.configure({ language: 'en-GB' });
  const unseen = reportOf(await checkUnseen('--json'));
  expect(itemOf(unseen, 'display')).toMatchObject({ outcome: 'degraded', finding: 'display-absent' });
  expect(itemOf(unseen, 'idle')).toMatchObject({ outcome: 'degraded', finding: 'needs-display' });
  expect(itemOf(unseen, 'collector')).toMatchObject({ outcome: 'ok' });
  expect(unseen.result).toBe('degraded');

  // The collector no longer answers.
  await world.stopCollector();
  const cut = reportOf(await check('--json'));
  expect(itemOf(cut, 'collector')).toMatchObject({ outcome: 'failed', finding: 'collector-not-reached' });
  expect(itemOf(cut, 'clock')).toMatchObject({ outcome: 'not-applicable', finding: 'not-known' });
  expect(cut.result).toBe('failed');

  // A report file that cannot be written fails the self-check, which still prints the report.
  await world.configure({ collectorUrl: '' });
  const nowhere = path.join(world.folder, 'no-such-folder/report.json');
  const unsaved = await check('--save', nowhere);
  expect(unsaved.status).toBe(2);
  expect(unsaved.stdout).toContain('Porthor self-check');
  expect(unsaved.stderr).toContain(`The report could not be written to ${nowhere}`);

  await writeFile(path.join(world.folder, 'config.json'), '{"idle":{"lockAfterSeconds":5}}');
  const wrong = reportOf(await check('--json'));
  expect(itemOf(wrong, 'configuration')).toMatchObject({
    outcome: 'failed',
    finding: 'configuration-wrong',
    detail: expect.stringContaining('idle/lockAfterSeconds'),
  });
  expect(await logind.isLocked(session)).toBe(false);
});

test('the self-check locks only with the technician’s consent, and believes only a session that confirms the lock', async ({
  world,
  place: { logind, session, check },
}) => {
  await world.configure({ ...withoutMedia, collectorUrl: '' });
  await check('--json');
  expect(await logind.deeds()).toEqual([]);

  // No program answers the request, and a requested lock is not a confirmed lock.
  const unheard = reportOf(await check('--json', '--consent-lock'));
  expect(itemOf(unheard, 'lock')).toMatchObject({ outcome: 'degraded', finding: 'lock-not-confirmed' });
  expect(await logind.isLocked(session)).toBe(false);

  await logind.giveLockScreen(session);
  const locked = reportOf(await check('--json', '--consent-lock'));
  expect(itemOf(locked, 'lock')).toMatchObject({ outcome: 'ok', finding: 'works' });
  expect(await logind.isLocked(session)).toBe(true);
  await logind.setLocked(session, false);

  await logind.refuseLock(session);
  const refused = reportOf(await check('--json', '--consent-lock'));
  expect(itemOf(refused, 'lock')).toMatchObject({ outcome: 'failed', finding: 'lock-refused' });
  expect(refused.result).toBe('failed');
});

test('the self-check names an untrusted certificate, and trusts the school’s authority as the agent does', async ({
  world,
  place: { check },
}) => {
  const authority = makeAuthority();
  const front = await startHttpsFront(makeCertificate({ issuer: authority }), world.collector().address);
  try {
    await world.configure({ ...withoutMedia, collectorUrl: `https://localhost:${front.port}` });
    const report = reportOf(await check('--json'));
    expect(itemOf(report, 'certificate')).toMatchObject({
      outcome: 'failed',
      finding: 'certificate-refused',
      detail: 'ERR_CERT_AUTHORITY_INVALID',
    });
    expect(itemOf(report, 'collector')).toMatchObject({ outcome: 'failed' });
    expect(itemOf(report, 'clock')).toMatchObject({ finding: 'not-known' });
    expect(report.result).toBe('failed');
    expect((await check()).stdout).toContain(
      "What to do: Make this computer trust the school's own certificate authority",
    );

    const file = path.join(world.folder, 'ysgol-ca.pem');
    await world.configure({ caCertificateFile: file });
    const missing = reportOf(await check('--json'));
    expect(itemOf(missing, 'certificate')).toMatchObject({
      outcome: 'failed',
      detail: 'ERR_CERT_AUTHORITY_INVALID; ca-certificate-unusable',
    });
    await writeFile(file, authority.pem);
    const vouched = reportOf(await check('--json'));
    expect(itemOf(vouched, 'certificate')).toMatchObject({ outcome: 'ok', finding: 'works' });
    expect(itemOf(vouched, 'collector')).toMatchObject({ outcome: 'ok' });
    expect(itemOf(vouched, 'clock')).toMatchObject({ outcome: 'ok' });
  } finally {
    await front.close();
  }
});

test('Report a problem: the user’s words reach the school, and the window checks this PC and saves the report', async ({
  world,
}) => {
  const agent = await openGate(world);
  const file = path.join(world.folder, 'from-the-window.json');
  await agent.app.evaluate(({ dialog }, filePath) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showSaveDialog = (...given: unknown[]) => {
      asked.push((given.at(-1) as { defaultPath: string }).defaultPath);
      return Promise.resolve({ canceled: false, filePath });
    };
  }, file);
  const page = await openFromTray(agent, 'Report a problem', 'problem');

  await page.getByRole('textbox', { name: 'What has happened?' }).fill('I have lost a memory stick.');
  await page.getByRole('button', { name: 'Send to your school' }).click();
  await expect(page.getByText('Recorded. Your school receives it')).toBeVisible();
  await expect.poll(() => stored(world)).toContain('I have lost a memory stick.');
  const reported = (await stored(world))
    .split('\n')
    .filter((line) => line.includes('porthor.problem.reported.v1'))
    .map((line) => JSON.parse(line) as { data: unknown });
  expect(reported).toMatchObject([
    { data: { text: 'I have lost a memory stick.', account: { name: 'sprys' } } },
  ]);

  await page.getByRole('button', { name: 'Check this computer' }).click();
  const items = page.locator('.checked > li');
  await expect(items).toHaveCount(selfCheckItemNames.length, { timeout: 30_000 });
  await expect(items.filter({ hasText: 'Folder for records' })).toContainText('Works');
  await expect(items.filter({ hasText: 'Locking the screen' })).toContainText('Not tried');
  expect(await world.journal()).toEqual([]);
  await world.screenshot('problem-en-GB', page);

  await page.getByRole('button', { name: 'Save a file for support' }).click();
  await expect(page.getByText('The file is saved here:')).toBeVisible();
  await expect(page.getByText(file)).toBeVisible();
  const text = await readFile(file, 'utf8');
  const report = selfCheckReportSchema.parse(JSON.parse(text));
  expect(itemOf(report, 'collector')).toMatchObject({ outcome: 'ok' });
  expect(text).not.toMatch(/Siân|Prys|sprys|Ysgol|Huws|127\.0\.0\.1|porthor-e2e/iu);
  const asked = await agent.app.evaluate(() => (globalThis as { asked?: readonly string[] }).asked);
  expect(asked).toEqual([`porthor-self-check-${report.checkedAt.slice(0, 10)}.json`]);

  // With the box ticked the self-check locks the screen once, and the agent reports it like every lock.
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect(items.filter({ hasText: 'Locking the screen' })).toContainText('Works', { timeout: 30_000 });
  expect(await world.journal()).toEqual(['lock']);
  await expect.poll(() => stored(world)).toContain('porthor.workstation.locked.v1');

  await page.getByRole('button', { name: 'Cymraeg' }).click();
  await expect(page.getByRole('heading', { name: 'Rhoi gwybod am broblem' })).toBeVisible();
  await expect(items.filter({ hasText: 'Ffolder y cofnodion' })).toContainText('Yn gweithio');
  await world.screenshot('problem-cy-GB', page);
  await page
    .getByRole('button', { name: 'Cau', exact: true })
    .dispatchEvent('click')
    .catch(() => undefined);
  await expect
    .poll(() => agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length))
    .toBe(0);
  const renderers = await agent.app.evaluate(
    ({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Tab').length,
  );
  expect(renderers).toBe(0);
});
