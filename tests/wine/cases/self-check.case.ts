/**
 * The self-check with the adapters of Windows, as far as Wine supports them. The ports of Electron (network, secret
 * store, notifications) are fakes here; the end-to-end tests use the real ones.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../../electron/platform/create-platform.ts';
import { describeReport } from '../../../electron/services/self-check/describe-report.ts';
import { runSelfCheck } from '../../../electron/services/self-check/self-check-service.ts';
import { readLastLogon } from '../../../electron/storage/logon/last-logon.ts';
import { tryFolder } from '../../../electron/storage/try-folder.ts';
import { languages } from '../../../shared/lib/language.ts';
import {
  type SelfCheckItemName,
  type SelfCheckReport,
  selfCheckItemNames,
  selfCheckReportSchema,
} from '../../../shared/self-check/report.ts';
import { createFakePlatform } from '../../fakes/platform/fake-platform.ts';

const policyKey = 'HKLM\\SOFTWARE\\Policies\\Porthor';

const reg = (...args: readonly string[]) => spawnSync('reg.exe', [...args], { encoding: 'utf8' });

const itemOf = (report: SelfCheckReport, name: SelfCheckItemName) =>
  report.items.find((item) => item.name === name);

describe('the self-check on Windows', () => {
  let platform: Platform;
  let folder = '';
  beforeAll(async () => {
    platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
    folder = mkdtempSync(path.join(os.tmpdir(), 'porthor-check-'));
  });
  afterAll(() => {
    reg('delete', policyKey, '/f');
    rmSync(folder, { recursive: true, force: true });
  });

  const check = async (consentsToLock = false, ownFolder = path.join(folder, 'new')) => {
    const { network, loadNetwork, loadSecretStore, loadNotifications } = createFakePlatform();
    network.answerWith(() =>
      Promise.resolve(new Response('ok', { headers: { date: new Date().toUTCString() } })),
    );
    const report = await runSelfCheck({
      platform: { ...platform, loadNetwork, loadSecretStore, loadNotifications },
      records: { ownFolder, environment: process.env, lastLogon: readLastLogon, tryFolder },
      personal: { names: [os.hostname(), os.userInfo().username], others: [os.homedir(), folder] },
      agentVersion: '0.1.0',
      runtime: { electron: '', chrome: '', node: process.versions.node },
      consentsToLock,
    });
    return selfCheckReportSchema.parse(report);
  };

  it('asks each adapter of Windows and reports how it works', async () => {
    for (const [name, data] of [
      ['collectorUrl', 'https://porthor.llanfair.example'],
      ['siteName', 'Ysgol Llanfair'],
      ['enrolmentToken', 'tocyn-zq7'],
    ] as const) {
      expect(reg('add', policyKey, '/v', name, '/t', 'REG_SZ', '/d', data, '/f').status).toBe(0);
    }
    const report = await check();
    expect(report.items.map(({ name }) => name)).toEqual([...selfCheckItemNames]);
    expect(itemOf(report, 'configuration')).toMatchObject({ outcome: 'ok', detail: 'Group Policy' });
    expect(itemOf(report, 'account')?.outcome).not.toBe('failed');
    expect(itemOf(report, 'machine')).toMatchObject({ outcome: 'ok' });
    expect(itemOf(report, 'system-limit')).toMatchObject({ finding: 'limit-not-set' });
    expect(itemOf(report, 'presence')).toMatchObject({ outcome: 'ok' });
    expect(itemOf(report, 'records')).toMatchObject({ outcome: 'ok' });
    expect(itemOf(report, 'collector')).toMatchObject({ outcome: 'ok' });
    expect(itemOf(report, 'clock')).toMatchObject({ outcome: 'ok' });
    expect(itemOf(report, 'lock')).toMatchObject({ finding: 'lock-not-tried' });
    expect(itemOf(report, 'volumes')?.detail).toContain('drives: ');
    expect(report.volumes).toContainEqual(
      expect.objectContaining({ kind: 'disk', encryption: 'cannot-tell' }),
    );
    expect(report.os).toContain('Windows');
    // Wine gives neither the state of a session nor, outside of Electron, an idle time. Both are reported, not guessed.
    expect(itemOf(report, 'session')).toMatchObject({ outcome: 'failed', finding: 'no-answer' });
    expect(itemOf(report, 'idle')).toMatchObject({ outcome: 'failed', finding: 'no-answer' });
    expect(report.result).toBe('failed');
    console.log(describeReport(report, 'en-GB'));
  });

  it('names no person, no PC and no folder', async () => {
    const guid = reg('query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid')
      .stdout.trim()
      .split(/\s+/u)
      .at(-1);
    expect(guid).toMatch(/^[0-9a-f-]{36}$/u);
    const report = await check();
    const shown = [JSON.stringify(report), ...languages.map((language) => describeReport(report, language))];
    for (const text of shown.map((said) => said.toLowerCase())) {
      for (const personal of [
        os.hostname(),
        os.userInfo().username,
        'llanfair',
        'zq7',
        'c:\\',
        's-1-5-',
        guid ?? '',
      ]) {
        expect(text).not.toContain(personal.toLowerCase());
      }
    }
  });

  it('leaves no folder behind, and reports a file in the place of a folder', async () => {
    await check();
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(path.join(folder, 'place'));
    writeFileSync(path.join(folder, 'place', 'state'), 'a file in the way');
    const report = await check(false, path.join(folder, 'place'));
    expect(itemOf(report, 'records')).toMatchObject({ outcome: 'failed', finding: 'folder-not-writable' });
  });

  it('tries to lock with the technician’s consent, and reports a lock that did not happen', async () => {
    // Wine locks nothing, and reports that.
    expect(itemOf(await check(true), 'lock')).toMatchObject({ outcome: 'failed', finding: 'lock-refused' });
  });
});
