/** The collector's commands, each in its own process. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  containing,
  enrol,
  knownAgent,
  machine,
  makeDataFolder,
  makeFolder,
  makePublicKey,
  postJson,
  report,
} from '../support/collector/collector.ts';
import { runCollector, serve } from '../support/collector/command-line.ts';
import { signInByLink } from '../support/collector/console-client.ts';

async function startServing(data: string, ...args: readonly string[]) {
  const served = await serve(['--data', data, '--port', '0', ...args]);
  onTestFinished(async () => void (await served.end('SIGKILL')));
  return served;
}

/** One or two plain sentences for the administrator, without a stack trace. */
function expectSentence(stderr: string): void {
  expect(stderr).toMatch(/^[A-Z-].*[.\w)]\n$/u);
  expect(stderr).not.toMatch(/^\s+at /mu);
}

describe('serve', () => {
  it('prints its address, stores events, and on SIGTERM ends in order with the log written back', async () => {
    const data = path.join(await makeFolder(), 'made', 'by-it');
    const served = await startServing(data);
    expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    const { stdout } = await runCollector('token', 'create', '--data', data);
    const enrolled = await enrol(served.address, stdout.trim());
    const agent = knownAgent(served.address, enrolled.agentId, enrolled.agentToken);
    expect(await report(agent, [agent.event()])).toMatchObject([{ status: 'stored' }]);
    expect(await served.end('SIGTERM')).toEqual({ code: 0, stderr: '' });
    expect(await readdir(data)).toEqual(['collector.sqlite', 'log.key', 'watermark.json']);
    expect((await stat(path.join(data, 'collector.sqlite'))).mode & 0o777).toBe(0o600);
  });

  it('ends in order on Ctrl+C while a console page is open', async () => {
    const data = await makeFolder();
    const served = await serve(['--data', data, '--port', '0', '--console-address'], { until: 'console ' });
    const link = served.printed.at(-1)?.replace('console ', '') ?? '';
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?code=[\w-]{43}$/u);
    const { address } = served;
    const technician = await signInByLink({ address, createConsoleAddress: () => Promise.resolve(link) });
    const stream = await technician.ask('GET', '/api/acknowledgements/stream');
    expect(stream.status).toBe(200);
    const [{ code }, body] = await Promise.all([served.end('SIGINT'), stream.text()]);
    expect(code).toBe(0);
    expect(body).toMatch(/^retry: \d+\n\n/u);
  });

  it('warns when other computers can reach it without encryption', async () => {
    const served = await startServing(await makeFolder(), '--host', '0.0.0.0');
    // An address that a browser opens, on Windows too.
    expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect((await fetch(`${served.address}/healthz`)).status).toBe(200);
    const { code, stderr } = await served.end('SIGTERM');
    expect(code).toBe(0);
    expect(stderr).toContain(`http://${hostname()}:${new URL(served.address).port}`);
    expect(stderr).toContain('not encrypted');
  });

  it('says what to do when the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => taken.close(() => resolve())));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await runCollector(
      'serve',
      '--data',
      await makeFolder(),
      '--port',
      String(port),
    );
    expect(code).toBe(1);
    expectSentence(stderr);
    expect(stderr).toContain(`Port ${port} is taken`);
    expect(stderr).toContain('--port');
  });

  it('says what to do when the data folder is a file, or holds no database', async () => {
    const folder = await makeFolder();
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await mkdir(path.join(folder, 'strange'));
    await writeFile(
      path.join(folder, 'strange', 'collector.sqlite'),
      'this is no database at all, not even near',
    );
    for (const data of [file, path.join(file, 'below'), path.join(folder, 'strange')]) {
      const { code, stderr } = await runCollector('serve', '--data', data, '--port', '0');
      expect([data, code]).toEqual([data, 1]);
      expectSentence(stderr);
      expect(stderr).toContain('cannot be used');
    }
  });

  it('refuses a database that a newer collector has written, and does not change it', async () => {
    const data = await makeDataFolder();
    const file = path.join(data, 'collector.sqlite');
    const database = new DatabaseSync(file);
    database.exec("insert into kysely_migration (name, timestamp) values ('0999-later', '')");
    database.close();
    for (const args of [['serve', '--port', '0'], ['export'], ['token', 'list']]) {
      const { code, stdout, stderr } = await runCollector(...args, '--data', data);
      expect([args, code, stdout]).toEqual([args, 1, '']);
      expectSentence(stderr);
      expect(stderr).toContain('newer collector');
    }
    const after = new DatabaseSync(file, { readOnly: true });
    expect(after.prepare("select name from kysely_migration where name > '0900'").all()).toEqual([
      { name: '0999-later' },
    ]);
    after.close();
  });

  it.each(['settings', 'console_codes'])(
    'ends, and never answers a request, when a start fails late: %s cannot be written to',
    async (table) => {
      const data = await makeDataFolder();
      const database = new DatabaseSync(path.join(data, 'collector.sqlite'));
      database.exec(
        `create trigger broken before insert on ${table} begin select raise(abort, 'not today'); end`,
      );
      database.close();
      const { code, stderr } = await runCollector(
        ...['serve', '--data', data, '--port', '0', '--console-address'],
      );
      expect([code, stderr]).toEqual([1, containing('not today')]);
      expect(await readdir(data)).toEqual(['collector.sqlite', 'log.key', 'watermark.json']);
    },
  );

  it('names the policy folder that it cannot read', async () => {
    const { code, stderr } = await runCollector(
      ...['serve', '--data', await makeFolder(), '--port', '0', '--policies', '/nowhere/at/all'],
    );
    expect(code).toBe(1);
    expectSentence(stderr);
    expect(stderr).toContain('/nowhere/at/all');
  });
});

describe('token', () => {
  it('is created while the collector runs, listed without its secret, and revoked', async () => {
    const data = await makeFolder();
    const { address } = await startServing(data);
    const created = await runCollector('token', 'create', '--data', data, '--expires', '30');
    const token = created.stdout.trim();
    expect(token).toMatch(/^pte_[\w-]{43}$/u);
    const tokenId = /^Token (\w{8}), expires /u.exec(created.stderr)?.[1] ?? '';
    expect(created.stderr).toContain('"enrolmentToken"');
    await enrol(address, token);
    const listed = await runCollector('token', 'list', '--data', data);
    expect(listed.stdout).toMatch(
      new RegExp(`^${tokenId}  created \\S{16}Z  valid until \\S{16}Z  enrolments 1\\n$`, 'u'),
    );
    expect(listed.stdout).not.toContain(token);
    expect((await runCollector('token', 'revoke', tokenId, '--data', data)).code).toBe(0);
    const refused = await postJson(`${address}/v1/agents`, {
      enrolmentToken: token,
      machine,
      publicKey: makePublicKey(),
      agentVersion: '1',
    });
    expect(refused.status).toBe(401);
    expect((await runCollector('token', 'list', '--data', data)).stdout).toContain(`${tokenId}  created`);
    expect((await runCollector('token', 'list', '--data', data)).stdout).toContain('revoked');
    const unknown = await runCollector('token', 'revoke', 'ffffffff', '--data', data);
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'There is no enrolment token ffffffff. See: token list\n',
    ]);
  });
});

describe('a token without an end of its own', () => {
  it('expires after thirty days, unless the technician says never', async () => {
    const byDefault = await runCollector('token', 'create', '--data', await makeDataFolder());
    const ends = Date.parse(/expires (\S+Z):/u.exec(byDefault.stderr)?.[1] ?? '');
    expect((ends - Date.now()) / 86_400_000).toBeCloseTo(30, 1);
    const never = await runCollector(
      'token',
      'create',
      '--expires',
      'never',
      '--data',
      await makeDataFolder(),
    );
    expect(never.stderr).toContain('never expires');
  });
});

describe('export', () => {
  it('prints every event as the agent wrote it, one per line, oldest first, while the collector runs', async () => {
    const data = await makeFolder();
    const { address } = await startServing(data);
    const { stdout: token } = await runCollector('token', 'create', '--data', data);
    const enrolled = await enrol(address, token.trim());
    const agent = knownAgent(address, enrolled.agentId, enrolled.agentToken);
    const events = Array.from({ length: 1203 }, () =>
      agent.event({ data: { note: 'Bore da, ŵ \u2028 "\n"' } }),
    );
    for (let start = 0; start < events.length; start += 401)
      await report(agent, events.slice(start, start + 401));
    const exported = await runCollector('export', '--data', data);
    expect(exported.code).toBe(0);
    expect(exported.stdout).toBe(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  });

  it('takes the numbers of a stick as tools print them', async () => {
    const data = await makeDataFolder();
    const add = (vendor: string, label: string) =>
      runCollector(
        ...['register', 'add', '--vendor', vendor, '--product', '5567', '--label', label, '--data', data],
      );
    expect((await add('781', 'a')).stdout).toContain('  0781:5567  ');
    expect((await add('0x0951', 'b')).stdout).toContain('  0951:5567  ');
    expect((await add('xyz', 'c')).code).toBe(64);
  });

  it('says that there is nothing to verify yet', async () => {
    const data = await makeDataFolder();
    const { code, stdout } = await runCollector('verify', '--data', data);
    expect(stdout.split('\n')).toContain('There is nothing to verify yet: no acknowledgement has arrived.');
    expect(code).toBe(3);
  });
});

describe('a folder without a collector, as after a mistyped --data', () => {
  const pack = path.resolve('assets/policies/staff');
  /** The words of a command, then what it takes. */
  const refusing = [
    [['console'], []],
    [['export'], []],
    [['verify'], []],
    [['recover'], []],
    [['backup'], ['copy.sqlite']],
    [['evidence'], ['proof.json', '--record', '01970000-0000-7000-8000-000000000001']],
    [['token', 'create'], []],
    [['token', 'list'], []],
    [['token', 'revoke'], ['ffffffff']],
    [['agent', 'list'], []],
    [
      ['agent', 'rename'],
      ['a', '--label', 'L'],
    ],
    [['agent', 'expel'], ['a']],
    [['agent', 'approve'], ['a']],
    [['register', 'list'], []],
    [
      ['register', 'add'],
      ['--vendor', '0781', '--product', '5567', '--label', 'L'],
    ],
    [['register', 'return'], ['a']],
    [['register', 'remove'], ['a']],
    [['register', 'requests'], []],
    [['register', 'approve'], ['a']],
    [['register', 'refuse'], ['a']],
    [
      ['policy', 'publish'],
      [pack, '--yes'],
    ],
    [['policy', 'list'], []],
    [
      ['policy', 'withdraw'],
      ['staff', '1'],
    ],
    [
      ['privacy', 'export'],
      ['f', '--account', 'a'],
    ],
    [
      ['privacy', 'erase'],
      ['--account', 'a', '--asked-by', 'a', '--reason', 'b'],
    ],
    [['privacy', 'retention'], []],
    [['privacy', 'log'], []],
    [['log', 'line'], []],
    [['log', 'rotate-key'], []],
  ] as const;
  it.each(refusing)('is refused by %j %j, which says what to do and makes nothing', async (command, more) => {
    const data = path.join(await makeFolder(), 'mistyped');
    const { code, stdout, stderr } = await runCollector(...command, ...more, '--data', data);
    expect([code, stdout]).toEqual([1, '']);
    expectSentence(stderr);
    expect(stderr).toContain(`There is no collector in ${data}. Check --data`);
    expect(stderr).toContain(`serve --data ${data} --port 8437`);
    await expect(stat(data)).rejects.toThrow('ENOENT');
  });

  it('covers every command of the help but serve, restore and witness, which make what is missing', async () => {
    const { stdout } = await runCollector('--help');
    const inHelp = new Set(
      [...stdout.matchAll(/npm run collector -- (?<command>[a-z]+(?: [a-z][a-z-]*)?) /gu)].map(
        ({ groups }) => groups?.['command'] ?? '',
      ),
    );
    const tested = refusing.map(([command]) => command.join(' '));
    expect([...inHelp].sort()).toEqual(['serve', 'restore', 'witness', ...tested].sort());
  });
});

describe('console', () => {
  it('prints a new sign-in address for the running collector, and reports when none runs', async () => {
    const data = await makeFolder();
    const served = await startServing(data);
    const running = await runCollector('console', '--data', data);
    expect(running).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(`console ${served.address}/sign-in?code=`) as unknown,
    });
    await served.end('SIGTERM');
    expect((await runCollector('console', '--data', data)).stderr).toContain('No collector answers');
  });
});

describe('wrong use', () => {
  it.each([
    [[]],
    [['sing']],
    [['token']],
    [['token', 'burn', '--data', 'x']],
    [['serve', '--data', 'x']],
    [['serve', '--port', '0']],
    [['serve', '--data', 'x', '--port', '65536']],
    [['serve', '--data', 'x', '--port', '8e1']],
    [['serve', '--data', 'x', '--port', '0', '--colour', 'red']],
    [['serve', 'now', '--data', 'x', '--port', '0']],
    [['serve', '--data', 'x', '--port', '0', '--tls-key', 'k']],
    [['serve', '--data', 'x', '--port', '0', '--trust-proxy', 'all']],
    [['serve', '--data', 'x', '--port', '0', '--public-url', 'porthor.example']],
    [['serve', '--data', 'x', '--port', '0', '--metrics-host', '::1']],
    [['serve', '--data', 'x', '--port', '0', '--log-format', 'xml']],
    [['serve', '--data', 'x', '--port']],
    // An option of another command.
    [['serve', '--data', 'x', '--port', '0', '--uses', '3']],
    [['export', '--data', 'x', '--expires', '3']],
    [['token', 'create', '--data', 'x', '--expires', '0']],
  ])('%j gets a sentence and a hint at the help', async (args) => {
    const { code, stdout, stderr } = await runCollector(...args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toContain('npm run collector -- --help');
    expect(stderr).not.toMatch(/^\s+at /mu);
  });

  it('names all missing options, and all commands, at once', async () => {
    expect((await runCollector('serve')).stderr).toMatch(/^--data and --port are missing\./u);
    expect((await runCollector('register', 'add', '--data', await makeDataFolder())).stderr).toMatch(
      /^--vendor and --product and --label are missing, for example: register add --vendor 0781/u,
    );
    expect((await runCollector('sing')).stderr).toContain(
      'serve, console, export, verify, recover, register, agent, policy, token, backup, evidence, restore, witness, log, privacy.',
    );
  });

  it('--help names every command', async () => {
    const { code, stdout } = await runCollector('--help');
    expect(code).toBe(0);
    for (const command of ['serve', 'console', 'token create', 'token list', 'token revoke', 'export']) {
      expect(stdout).toContain(`npm run collector -- ${command}`);
    }
  });
});
