/** The device register: what agents receive, and how a technician approves, refuses and takes back. */
import { describe, expect, it } from 'vitest';
import { accountKey } from '../../shared/wire/account.ts';
import type { MediaApprovalRequestedData } from '../../shared/wire/media.ts';
import { mediaRegisterResponseSchema } from '../../shared/wire/media.ts';
import {
  acknowledgedData,
  machine,
  makeAgent,
  makeDataFolder,
  report,
  startTestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';

const stick = { vendorId: '0781', productId: '5567', serial: '4C530001230815117284' };

function request(device: Partial<MediaApprovalRequestedData['device']> = {}): MediaApprovalRequestedData {
  return {
    insertionId: '0198f0a0-0000-7000-8000-000000000001',
    device: {
      kind: 'stick',
      bus: 'usb',
      ...stick,
      serialQuality: 'good',
      name: 'SanDisk Cruzer Blade',
      sizeBytes: 16_000_000_000,
      ...device,
    },
    encryption: 'not-encrypted',
    approval: 'not-in-register',
    problems: ['not-encrypted', 'not-approved'],
    reason: 'Photos of the school trip',
    language: 'en-GB',
    requestedAt: '2026-11-22T08:40:00Z',
    account: acknowledgedData().account,
    machine,
  };
}

async function startWithAgent(now = () => new Date('2026-11-22T12:00:00Z')) {
  const started = await startTestCollector({ now });
  const agent = await makeAgent(started);
  const ask = (etag?: string) =>
    fetch(`${started.address}/v1/media-register`, {
      headers: {
        authorization: `Bearer ${agent.agentToken}`,
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      },
    });
  const entries = async () => mediaRegisterResponseSchema.parse(await (await ask()).json()).entries;
  const asks = async (data: MediaApprovalRequestedData) => {
    const event = agent.event({
      type: 'porthor.media.approval-requested.v1',
      subject: 'usb:0781:5567',
      data: { ...data },
    });
    expect(await report(agent, [event])).toEqual([{ id: event.id, status: 'stored' }]);
    return event.id;
  };
  return { ...started, agent, ask, entries, asks, register: started.collector.mediaRegister };
}

const entry = { ...stick, label: 'Office 3', issuedTo: 'Carys Evans', expiresAt: undefined };
const approval = { label: 'Trip', issuedTo: '', expiresAt: undefined, wholeModel: false, decidedBy: '' };
const refusal = { decidedBy: 'Nia Huws', reason: 'Please take one from the office.' };

describe('an entry that is too long', () => {
  it('is refused, because agents could not read a device register that holds it', async () => {
    const { entries, register } = await startWithAgent();
    await register.add(entry);
    const long = { ...entry, serial: 'A0B1C2D3E4' };
    expect(await register.add({ ...long, label: 'x'.repeat(257) })).toEqual({ ok: false, error: 'too-long' });
    expect(await register.add({ ...long, serial: 'A1'.repeat(129) })).toEqual({
      ok: false,
      error: 'too-long',
    });
    expect(await register.add({ ...long, label: 'x'.repeat(256) })).toMatchObject({ ok: true });
    expect(await entries()).toHaveLength(2);
  });
});

describe('GET /v1/media-register', () => {
  it('gives agents the approved devices with an entity tag, and never the person a device is issued to', async () => {
    const { ask, register } = await startWithAgent();
    await register.add({ ...entry, expiresAt: '2027-07-31T23:59:59Z' });
    await register.add({ ...entry, serial: undefined, productId: '5591', label: 'All of these' });
    const response = await ask();
    const text = await response.text();
    expect(text).not.toContain('Carys');
    expect(mediaRegisterResponseSchema.parse(JSON.parse(text)).entries).toEqual(
      expect.arrayContaining([
        { ...stick, label: 'Office 3', expiresAt: '2027-07-31T23:59:59Z' },
        { vendorId: '0781', productId: '5591', label: 'All of these' },
      ]),
    );
    const etag = response.headers.get('etag') ?? '';
    expect((await ask(etag)).status).toBe(304);
    await register.add({ ...entry, serial: 'A0B1C2D3E4' });
    expect((await ask(etag)).status).toBe(200);
  });

  it('answers 401 without an agent’s token', async () => {
    const { address } = await startTestCollector();
    expect((await fetch(`${address}/v1/media-register`)).status).toBe(401);
  });

  it('leaves out a returned or removed device, which the technician can issue again', async () => {
    const { entries, register } = await startWithAgent();
    const first = await register.add(entry);
    if (!first.ok) throw new Error(first.error);
    expect(await register.add({ ...entry, serial: stick.serial.toLowerCase() })).toEqual({
      ok: false,
      error: 'already-there',
    });
    expect(await register.markReturned(first.value.entryId)).toBe(true);
    expect(await register.markReturned(first.value.entryId)).toBe(false);
    expect(await entries()).toEqual([]);
    const second = await register.add(entry);
    if (!second.ok) throw new Error(second.error);
    expect(await entries()).toHaveLength(1);
    expect(await register.remove(second.value.entryId)).toBe(true);
    expect(await entries()).toEqual([]);
    expect((await register.list()).map(({ returnedAt }) => returnedAt)).toEqual(['2026-11-22T12:00:00.000Z']);
  });

  it.each(['', '  ', '0000000000', '123456789', '6&2A5B3C&0&1', 'none', '123'])(
    'accepts no serial number that many sticks share: "%s"',
    async (serial) => {
      const { register } = await startWithAgent();
      expect(await register.add({ ...entry, serial })).toEqual({ ok: false, error: 'weak-serial' });
    },
  );
});

describe('requests for approval', () => {
  it('arrive as events, and a technician answers each once', async () => {
    const { asks, entries, register } = await startWithAgent();
    const id = await asks(request());
    expect(await register.listRequests(10)).toMatchObject([
      { eventId: id, decision: 'open', account: 'SCHOOL\\carys', reason: 'Photos of the school trip' },
    ]);
    expect((await register.approve(id, approval)).ok).toBe(true);
    expect(await entries()).toEqual([{ ...stick, label: 'Trip' }]);
    expect(await register.approve(id, approval)).toEqual({ ok: false, error: 'no-such-request' });
    expect(await register.refuse(id, refusal)).toBe(false);
    expect((await register.listRequests(10))[0]?.decision).toBe('approved');
  });

  it('for the same device twice: the answer to the first also answers the second', async () => {
    const { asks, register } = await startWithAgent();
    const [first, second] = [await asks(request()), await asks(request())];
    await register.approve(first, approval);
    expect(await register.approve(second, approval)).toEqual({ ok: false, error: 'already-there' });
    expect((await register.listRequests(10)).map(({ decision }) => decision)).toEqual([
      'approved',
      'approved',
    ]);
  });

  it('can be approved for the whole model where the serial number identifies no device', async () => {
    const { asks, entries, register } = await startWithAgent();
    const id = await asks(request({ serial: '', serialQuality: 'blank' }));
    expect(await register.approve(id, approval)).toEqual({ ok: false, error: 'weak-serial' });
    expect((await register.approve(id, { ...approval, wholeModel: true })).ok).toBe(true);
    expect(await entries()).toEqual([{ vendorId: '0781', productId: '5567', label: 'Trip' }]);
  });

  it('cannot be approved for a device that no agent could recognise again', async () => {
    const { asks, register } = await startWithAgent();
    const id = await asks(request({ vendorId: '', productId: '', kind: 'card' }));
    expect(await register.approve(id, approval)).toEqual({ ok: false, error: 'no-model' });
    expect(await register.refuse(id, refusal)).toBe(true);
  });
});

describe('the answer to a request', () => {
  const carys = 'S-1-5-21-1-2-3-1001';
  const answersTo = async (started: Awaited<ReturnType<typeof startWithAgent>>, account: string) => {
    const query = account === '' ? '' : `?account=${encodeURIComponent(account)}`;
    const response = await fetch(`${started.address}/v1/media-register${query}`, {
      headers: { authorization: `Bearer ${started.agent.agentToken}` },
    });
    return mediaRegisterResponseSchema.parse(await response.json()).answers;
  };
  const asked = (changes: Partial<MediaApprovalRequestedData> = {}): MediaApprovalRequestedData => ({
    ...request(),
    account: { ...request().account, sid: carys },
    ...changes,
  });

  it('reaches the agents of that account on every PC, and no other account', async () => {
    const started = await startWithAgent();
    const { asks, register } = started;
    const id = await asks(asked());
    expect(await answersTo(started, carys)).toEqual([]);
    await register.refuse(id, refusal);
    const told = await answersTo(started, carys);
    expect(told).toEqual([
      {
        insertionId: asked().insertionId,
        requestedAt: '2026-11-22T08:40:00Z',
        device: { kind: 'stick', ...stick, name: 'SanDisk Cruzer Blade', sizeBytes: 16_000_000_000 },
        decision: 'refused',
        decidedAt: '2026-11-22T12:00:00.000Z',
        ...refusal,
      },
    ]);
    const another = await makeAgent(started);
    expect(await answersTo({ ...started, agent: another }, carys)).toEqual(told);
    expect(await answersTo(started, '')).toBeUndefined();
    const stranger = await fetch(`${started.address}/v1/media-register?account=S-1-5-21-1-2-3-1002`, {
      headers: { authorization: `Bearer ${started.agent.agentToken}` },
    });
    expect(stranger.status).toBe(403);
  });

  it('comes newest first, and agents receive it for 30 days', async () => {
    let now = new Date('2026-11-22T12:00:00Z');
    const started = await startWithAgent(() => now);
    const { asks, register } = started;
    await register.refuse(await asks(asked()), refusal);
    now = new Date('2026-11-23T12:00:00Z');
    await register.approve(await asks(asked()), { ...approval, decidedBy: 'Head' });
    const told = async () =>
      (await answersTo(started, carys))?.map(({ decision, decidedBy }) => [decision, decidedBy]);
    expect(await told()).toEqual([
      ['approved', 'Head'],
      ['refused', 'Nia Huws'],
    ]);
    now = new Date('2026-12-22T12:00:01Z');
    expect(await told()).toEqual([['approved', 'Head']]);
    now = new Date('2026-12-23T12:00:01Z');
    expect(await told()).toEqual([]);
  });

  it('comes with at most the 20 newest', async () => {
    const started = await startWithAgent();
    for (let count = 0; count < 22; count += 1) {
      await started.register.refuse(await started.asks(asked()), { decidedBy: '', reason: String(count) });
    }
    const told = (await answersTo(started, carys)) ?? [];
    expect(told).toHaveLength(20);
    expect(told[0]?.reason).toBe('21');
  });
});

describe('the command line', () => {
  it('adds, lists, approves and takes back beside a running collector', async () => {
    const { dataDirectory, asks, entries, register } = await startWithAgent();
    const run = (...args: readonly string[]) => runCollector('register', ...args, '--data', dataDirectory);
    const added = await run(
      'add',
      '--vendor',
      '0951',
      '--product',
      '1666',
      '--serial',
      '60A44C413FAE',
      '--label',
      'Head',
      '--until',
      '2099-07-31',
    );
    expect(added).toMatchObject({ code: 0 });
    expect(await entries()).toEqual([
      {
        vendorId: '0951',
        productId: '1666',
        serial: '60A44C413FAE',
        label: 'Head',
        expiresAt: '2099-07-31T23:59:59Z',
      },
    ]);
    const id = await asks(request());
    expect((await run('requests')).stdout).toContain(`${id}  2026-11-22T08:40:00.000Z  open  SCHOOL\\carys`);
    expect((await run('approve', id, '--issued-to', 'Carys Evans')).stdout).toContain('SanDisk Cruzer Blade');
    const listed = (await run('list')).stdout;
    expect(listed).toContain('issued to Carys Evans');
    // A second request for the same stick is answered without an error.
    const same = await asks(request());
    expect(await run('approve', same)).toEqual({
      code: 0,
      stdout: '',
      stderr: `Request ${same} is approved: the device was on the register already. See: register list\n`,
    });
    const second = await asks(request());
    expect(await run('refuse', second, '--reason', 'x'.repeat(501))).toMatchObject({ code: 64 });
    expect(
      await run('refuse', second, '--reason', ' Please take one from the office. ', '--by', 'Nia Huws'),
    ).toMatchObject({ code: 0, stdout: '' });
    expect(await register.answersTo(accountKey(request().account))).toMatchObject([
      { decision: 'refused', ...refusal },
      { decision: 'approved', decidedBy: '', reason: '' },
      { decision: 'approved', decidedBy: '', reason: '' },
    ]);
    const entryId = listed.split('  ')[0] ?? '';
    expect(await run('return', entryId)).toMatchObject({ code: 0, stdout: '' });
    expect(await entries()).toHaveLength(1);
  });

  // 64 (EX_USAGE of sysexits.h): the command was not written as it must be. 1: it could not be done.
  it.each([
    [
      ['add', '--vendor', 'x', '--product', '1666', '--label', 'L'],
      64,
      '--vendor takes 4 hexadecimal digits',
    ],
    [['add', '--vendor', '0951', '--product', '1666'], 64, '--label is missing'],
    [
      ['add', '--vendor', '0951', '--product', '1666', '--label', 'L', '--until', 'soon'],
      64,
      '--until takes a day',
    ],
    [
      ['add', '--vendor', '0951', '--product', '1666', '--label', 'L', '--until', '2026-01-31'],
      64,
      '--until takes a day that is not over',
    ],
    [['return', 'nothing'], 1, 'There is no entry nothing'],
    [['approve', 'nothing'], 1, 'There is no open request'],
    [['approve'], 64, 'takes the id'],
    [['sell'], 64, 'There is no command'],
  ])('reports what is wrong with %j, and ends with %i', async (args, code, sentence) => {
    const folder = await makeDataFolder();
    const ended = await runCollector('register', ...args, '--data', folder);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr).not.toContain('    at ');
  });
});
