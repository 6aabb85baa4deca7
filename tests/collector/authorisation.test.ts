/** Who may do what: every route against every role, also of another school. A route without a row here fails. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AppDependencies, buildApp, defaultRequestLimits } from '../../collector/src/app.ts';
import { createMetrics } from '../../collector/src/plugins/metrics.ts';
import { createAgentRepository } from '../../collector/src/repositories/agents.ts';
import { type RunningCollector, startCollector } from '../../collector/src/server.ts';
import { createServerLog } from '../../collector/src/server-log.ts';
import { invitationSchema, type Role as SharedRole } from '../../shared/console/access.ts';
import { pageAddresses } from '../../shared/console/pages.ts';
import { batchMediaType } from '../../shared/wire/collector-api.ts';
import {
  enrol,
  enrolmentRequest,
  knownAgent,
  publishTexts,
  report,
  type TestAgent,
  withStorage,
} from '../support/collector/collector.ts';
import { pageHeaders, signInAs, signInByLink } from '../support/collector/console-client.ts';

const roles = [
  'nobody',
  'wrong token',
  'agent',
  'agent of another school',
  'waiting agent',
  'expelled agent',
  'technician',
  'technician of another school',
  'ended session',
  'signatory',
  'viewer',
  'data protection',
  'authority',
] as const;
type Role = (typeof roles)[number];

interface Row {
  readonly route: string;
  /** What is sent, the same by every role. Default: nothing. */
  readonly path?: string;
  readonly body?: (token: string) => { readonly type: string; readonly text: string };
  /** Status for each role, in the order of `roles`. */
  readonly statuses: readonly number[];
  /** The answer names a person of the first school. */
  readonly showsName?: true;
}

const json = (value: unknown) => () => ({ type: 'application/json', text: JSON.stringify(value) });

const everyone = (status: number): readonly number[] => roles.map(() => status);
/** Agents that may report or ask, of any school. */
const agents = (status: number): readonly number[] =>
  roles.map((role) => {
    if (role === 'agent' || role === 'agent of another school') return status;
    return role === 'waiting agent' || role === 'expelled agent' ? 403 : 401;
  });

const consoleRoles = ['technician', 'signatory', 'viewer', 'data protection', 'authority'] as const;
type ConsoleRole = (typeof consoleRoles)[number];

/** The given roles of the first school; `elsewhere` is the answer to the technician of the other one. */
const people = (may: readonly ConsoleRole[], status: number, elsewhere = status): readonly number[] =>
  roles.map((role) => {
    if (role === 'technician of another school') return elsewhere;
    const person = consoleRoles.find((one) => one === role);
    if (person === undefined) return 401;
    return may.includes(person) ? status : 403;
  });
const exporters = ['technician', 'signatory', 'data protection'] as const;
const readers = ['technician', 'signatory', 'viewer', 'data protection'] as const;

const table: readonly Row[] = [
  {
    route: 'POST /v1/agents',
    body: (token) => ({ type: 'application/json', text: JSON.stringify(enrolmentRequest(token)) }),
    // The enrolment token in the body is all that counts; this one is no token of any school.
    statuses: everyone(401),
  },
  { route: 'POST /v1/events', body: () => ({ type: batchMediaType, text: '[]' }), statuses: agents(200) },
  {
    route: 'GET /v1/acknowledgements',
    path: '/v1/acknowledgements?account=school%5Ccarys',
    statuses: agents(200),
  },
  {
    route: 'GET /v1/media-register',
    path: '/v1/media-register?account=school%5Ccarys',
    statuses: agents(200),
  },
  { route: 'GET /v1/policies', path: '/v1/policies?audience=staff', statuses: everyone(200) },
  { route: 'GET /v1/policies/:id/:version', path: '/v1/policies/made-up/1', statuses: everyone(404) },
  // No name and no text is in the log, and an outsider must be able to check it.
  { route: 'GET /v1/log/checkpoint', statuses: everyone(200) },
  { route: 'GET /v1/log/keys', statuses: everyone(200) },
  { route: 'GET /v1/log/consistency', path: '/v1/log/consistency?from=1&to=1', statuses: everyone(200) },
  { route: 'GET /v1/log/tile/:level/*', path: '/v1/log/tile/0/000.p/1', statuses: everyone(200) },
  { route: 'GET /v1/log/tile/entries/*', path: '/v1/log/tile/entries/000.p/1', statuses: everyone(200) },
  { route: 'GET /v1/log/records/:eventId', path: '/v1/log/records/made-up', statuses: everyone(404) },
  { route: 'GET /v1/openapi.json', statuses: everyone(200) },
  { route: 'GET /healthz', statuses: everyone(200) },
  { route: 'GET /readyz', statuses: everyone(200) },
  { route: 'GET /metrics', statuses: everyone(200) },
  // The page itself holds no name; this collector has none built.
  ...Object.values(pageAddresses).map((url) => ({ route: `GET ${url}`, statuses: everyone(503) })),
  { route: 'GET /api/session', statuses: everyone(200) },
  {
    route: 'POST /api/session',
    body: () => json({ signInName: `stranger-${randomUUID()}`, password: 'x' })(),
    statuses: everyone(401),
  },
  { route: 'POST /api/links/look', body: json({ code: 'made-up' }), statuses: everyone(404) },
  { route: 'POST /api/links/use', body: json({ use: 'sign-in', code: 'made-up' }), statuses: everyone(404) },
  { route: 'GET /api/own/sessions', statuses: people(consoleRoles, 200) },
  {
    route: 'DELETE /api/own/sessions/:sessionId',
    path: '/api/own/sessions/made-up',
    statuses: people(consoleRoles, 404),
  },
  {
    route: 'POST /api/own/password',
    body: json({ currentPassword: 'wrong', newPassword: 'long enough to pass' }),
    // A technician whom a link let in has no password.
    statuses: roles.map((role) => {
      if (role.startsWith('technician')) return 404;
      return consoleRoles.some((one) => one === role) ? 403 : 401;
    }),
  },
  { route: 'GET /api/accounts', statuses: people(['technician'], 200) },
  { route: 'POST /api/accounts', body: json({}), statuses: people(['technician'], 400) },
  {
    route: 'PATCH /api/accounts/:accountId',
    path: '/api/accounts/{account}',
    body: json({ roles: ['viewer'] }),
    statuses: people(['technician'], 204, 404),
  },
  {
    route: 'POST /api/accounts/:accountId/link',
    path: '/api/accounts/{account}/link',
    statuses: people(['technician'], 201, 404),
  },
  {
    route: 'DELETE /api/accounts/:accountId/sessions',
    path: '/api/accounts/{account}/sessions',
    statuses: people(['technician'], 204, 404),
  },
  { route: 'GET /api/overview', statuses: people(consoleRoles, 200) },
  { route: 'GET /api/acknowledgements', showsName: true, statuses: people(readers, 200) },
  { route: 'GET /api/acknowledgement-policies', statuses: people(readers, 200) },
  {
    route: 'GET /api/acknowledgements/:eventId',
    path: '/api/acknowledgements/{event}',
    showsName: true,
    statuses: people(readers, 200, 404),
  },
  {
    route: 'GET /api/acknowledgements.csv',
    showsName: true,
    statuses: people(exporters, 200),
  },
  {
    route: 'GET /api/acknowledgements/stream',
    path: '/api/acknowledgements/stream?after=0',
    showsName: true,
    statuses: people(readers, 200),
  },
  { route: 'GET /api/people', statuses: people(readers, 200) },
  { route: 'GET /api/people-audiences', statuses: people(readers, 200) },
  { route: 'GET /api/people/:personId', path: '/api/people/made-up', statuses: people(readers, 404) },
  { route: 'GET /api/outstanding-choices', statuses: people(readers, 200) },
  {
    route: 'GET /api/outstanding',
    path: '/api/outstanding?policyId=made-up&audience=staff',
    statuses: people(readers, 404),
  },
  {
    route: 'GET /api/outstanding.csv',
    path: '/api/outstanding.csv?policyId=made-up&audience=staff',
    statuses: people(['technician', 'signatory', 'data protection'], 404),
  },
  { route: 'GET /api/roster/accounts', showsName: true, statuses: people(['technician'], 200) },
  {
    route: 'POST /api/roster/matches',
    body: json({ accountKey: 'made-up', personId: '' }),
    statuses: people(['technician'], 404),
  },
  { route: 'POST /api/roster/preview', body: json({ content: '' }), statuses: people(['technician'], 200) },
  {
    route: 'POST /api/roster/import',
    body: json({ content: '', fingerprint: 'made-up' }),
    statuses: people(['technician'], 409),
  },
  { route: 'GET /api/roster/import', statuses: people(['technician'], 200) },
  {
    route: 'GET /api/acknowledgements/:eventId/personnel-file',
    path: '/api/acknowledgements/{event}/personnel-file',
    showsName: true,
    statuses: people(exporters, 200, 404),
  },
  {
    route: 'GET /api/acknowledgements/:eventId/evidence',
    path: '/api/acknowledgements/{event}/evidence',
    showsName: true,
    statuses: people(exporters, 200, 404),
  },
  { route: 'GET /api/policies', statuses: people(consoleRoles, 200) },
  {
    route: 'GET /api/policies/:policyId/:version',
    path: '/api/policies/made-up/1',
    statuses: people(consoleRoles, 404),
  },
  { route: 'GET /api/personnel-files', statuses: people(exporters, 200) },
  { route: 'POST /api/personnel-files', body: json({}), statuses: people(exporters, 400) },
  {
    route: 'GET /api/personnel-files/:jobId/file',
    path: '/api/personnel-files/made-up/file',
    statuses: people(exporters, 404),
  },
  {
    route: 'DELETE /api/personnel-files/:jobId',
    path: '/api/personnel-files/made-up',
    statuses: people(exporters, 404),
  },
  { route: 'GET /api/countersign', showsName: true, statuses: people(['signatory'], 200, 403) },
  { route: 'GET /api/countersign/choices', statuses: people(['signatory'], 200, 403) },
  {
    route: 'POST /api/countersign',
    body: json({ eventIds: ['made-up'] }),
    // The signatory's Windows accounts were never named.
    statuses: people(['signatory'], 409, 403),
  },
  {
    route: 'POST /api/countersign/:eventId/withdrawal',
    path: '/api/countersign/{event}/withdrawal',
    body: json({ reason: 'A mistake' }),
    statuses: people(['signatory'], 404, 403),
  },
  { route: 'GET /api/own/windows-accounts', statuses: people(['signatory'], 200, 403) },
  { route: 'POST /api/own/windows-accounts', body: json({}), statuses: people(['signatory'], 400, 403) },
  {
    route: 'GET /api/accounts/:accountId/windows-accounts',
    path: '/api/accounts/{account}/windows-accounts',
    statuses: people(['technician'], 200, 404),
  },
  {
    route: 'POST /api/accounts/:accountId/windows-accounts',
    path: '/api/accounts/{account}/windows-accounts',
    body: json({ add: [], remove: [] }),
    statuses: people(['technician'], 204, 404),
  },
  { route: 'GET /api/pcs', statuses: people(['technician', 'viewer'], 200) },
  {
    route: 'GET /api/pcs/:agentId',
    path: '/api/pcs/{agent}',
    statuses: people(['technician', 'viewer'], 200, 404),
  },
  {
    route: 'PATCH /api/pcs/:agentId',
    path: '/api/pcs/{agent}',
    body: json({ label: 'Library' }),
    statuses: people(['technician'], 204, 404),
  },
  // The one may report already, and the other is expelled already.
  {
    route: 'POST /api/pcs/:agentId/approve',
    path: '/api/pcs/{agent}/approve',
    statuses: people(['technician'], 409, 404),
  },
  {
    route: 'POST /api/pcs/:agentId/expel',
    path: '/api/pcs/{expelled}/expel',
    statuses: people(['technician'], 409, 404),
  },
  { route: 'GET /api/enrolment', statuses: people(['technician'], 200) },
  { route: 'POST /api/enrolment/tokens', body: json({}), statuses: people(['technician'], 400) },
  {
    route: 'DELETE /api/enrolment/tokens/:tokenId',
    path: '/api/enrolment/tokens/made-up',
    statuses: people(['technician'], 404),
  },
  { route: 'GET /api/enrolment/templates.zip', statuses: people(['technician'], 200) },
  {
    route: 'GET /api/enrolment/installers/:name',
    path: '/api/enrolment/installers/porthor-0.0.0.msi',
    statuses: people(['technician'], 404),
  },
  { route: 'POST /api/enrolment/break-glass-codes', statuses: people(['technician'], 201) },
  { route: 'GET /api/media/register', statuses: people(['technician', 'viewer'], 200) },
  { route: 'POST /api/media/register', body: json({}), statuses: people(['technician'], 400) },
  {
    route: 'POST /api/media/register/:entryId/end',
    path: '/api/media/register/made-up/end',
    body: json({ how: 'lost' }),
    statuses: people(['technician'], 404),
  },
  { route: 'GET /api/media/requests', statuses: people(['technician', 'viewer'], 200) },
  {
    route: 'POST /api/media/requests/:eventId/approve',
    path: '/api/media/requests/made-up/approve',
    body: json({ label: 'x', issuedTo: '', until: null, wholeModel: false, reason: '' }),
    statuses: people(['technician'], 404),
  },
  {
    route: 'POST /api/media/requests/:eventId/refuse',
    path: '/api/media/requests/made-up/refuse',
    body: json({ reason: '' }),
    statuses: people(['technician'], 404),
  },
  { route: 'GET /api/media/seen', statuses: people(['technician', 'viewer'], 200) },
  {
    route: 'GET /api/pcs/:agentId/offline-codes',
    path: '/api/pcs/{agent}/offline-codes',
    statuses: people(['technician'], 200),
  },
  {
    route: 'POST /api/pcs/:agentId/offline-codes',
    path: '/api/pcs/{agent}/offline-codes',
    body: json({ deviceNumber: 'made-up', days: 0, reason: '' }),
    statuses: people(['technician'], 400),
  },
  { route: 'GET /api/pcs.csv', statuses: people(['technician'], 200) },
  // Last, because it ends the session.
  { route: 'DELETE /api/session', statuses: people(consoleRoles, 204) },
];

/** Routes whose HEAD is refused: it would open a stream or note an export. */
const withoutHead = new Set([
  '/api/acknowledgements/stream',
  '/api/acknowledgements.csv',
  '/api/pcs.csv',
  '/api/outstanding.csv',
  '/api/acknowledgements/:eventId/personnel-file',
  '/api/acknowledgements/:eventId/evidence',
  '/api/personnel-files/:jobId/file',
  '/api/enrolment/installers/:name',
]);
const ownRoutes = new Set(table.map(({ route }) => route));
const otherMethods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST', 'GET', 'HEAD'];
/** In what a technician of the first school sees, and no other school. */
const ownName = 'Carys Evans';

let folder = '';
let collector: RunningCollector;
let headers: Readonly<Record<Role, Readonly<Record<string, string>>>>;
let places: Readonly<Record<string, string>> = {};

/** `url METHOD, METHOD` for each route of the application. */
async function listRoutes(): Promise<ReadonlyMap<string, readonly string[]>> {
  // Adding the routes uses none of the repositories.
  const app = await buildApp({
    edge: {
      servers: { create: (handler: RequestListener) => createServer(handler) },
      logger: createServerLog(() => undefined, 'text'),
      isEncrypted: false,
      trustedProxies: [],
    },
    metrics: createMetrics({
      readGauges: () => Promise.reject(new Error('not read')),
      now: () => new Date(),
    }),
    checkMonitoringAccess: () => Promise.resolve(undefined),
    consoleDirectory: '',
    limits: defaultRequestLimits,
    log: () => undefined,
  } as unknown as AppDependencies);
  await app.ready();
  const routes = new Map<string, readonly string[]>();
  const parents: string[] = [];
  for (const line of app.printRoutes().split('\n')) {
    const [, indent, part, methods] = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/u.exec(line) ?? [];
    if (indent === undefined || part === undefined) continue;
    const depth = indent.length / 4;
    parents.length = depth;
    parents.push(part);
    if (methods !== undefined) routes.set(parents.join(''), methods.split(', '));
  }
  await app.close();
  return routes;
}

async function makeAgentOf(schoolId?: string): Promise<TestAgent> {
  const { agentId, agentToken } = await enrol(
    collector.address,
    await collector.createEnrolmentToken(schoolId),
  );
  return knownAgent(collector.address, agentId, agentToken);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-authorisation-'));
  await publishTexts(folder);
  const database = new DatabaseSync(path.join(folder, 'collector.sqlite'));
  database.exec("insert into schools (school_id, name, created_at) values ('other', '', '')");
  database.close();
  collector = await startCollector({
    dataDirectory: folder,
    port: 0,
    log: () => undefined,
    consoleDirectory: path.join(folder, 'not-built'),
  });
  const [agent, elsewhere, waiting, expelled] = [
    await makeAgentOf(),
    await makeAgentOf('other'),
    await makeAgentOf(),
    await makeAgentOf(),
  ];
  const acknowledgement = agent.acknowledgement();
  await report(agent, [acknowledgement]);
  const firstLeaf = `${collector.address}/v1/log/tile/0/000.p/1`;
  await vi.waitFor(async () => expect((await fetch(firstLeaf)).status).toBe(200), { timeout: 30_000 });
  const ended = await signInByLink(collector);
  await withStorage(folder, async (storage) => {
    const repository = createAgentRepository(storage, () => new Date());
    await repository.setState('school', waiting.agentId, 'waiting');
    await repository.setState('school', expelled.agentId, 'expelled');
  });
  const later = new DatabaseSync(path.join(folder, 'collector.sqlite'));
  later.exec('delete from console_sessions');
  later.close();
  const technician = await signInByLink(collector);
  const invited = await technician.ask('POST', '/api/accounts', {
    name: 'Target',
    signInName: 'target',
    roles: ['viewer'],
  });
  places = {
    '{account}': invitationSchema.parse(await invited.json()).accountId,
    '{event}': acknowledgement.id,
    '{agent}': agent.agentId,
    '{expelled}': expelled.agentId,
  };
  const person = async (role: ConsoleRole & Role, shared: SharedRole) =>
    (await signInAs(collector, { name: role.replace(' ', '-'), roles: [shared] })).headers;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  headers = {
    nobody: {},
    'wrong token': bearer('pta_made-up'),
    agent: bearer(agent.agentToken),
    'agent of another school': bearer(elsewhere.agentToken),
    'waiting agent': bearer(waiting.agentToken),
    'expelled agent': bearer(expelled.agentToken),
    technician: technician.headers,
    'technician of another school': (await signInByLink(collector, 'other')).headers,
    'ended session': ended.headers,
    signatory: await person('signatory', 'signatory'),
    viewer: await person('viewer', 'viewer'),
    'data protection': await person('data protection', 'data-protection'),
    authority: await person('authority', 'authority'),
  };
});

afterAll(async () => {
  await collector.close();
  await rm(folder, { recursive: true, force: true });
});

/** The first part of a stream is enough: it never ends by itself. */
async function ask(method: string, row: Row, role: Role): Promise<{ status: number; text: string }> {
  const [, url = ''] = row.route.split(' ');
  const body = method === row.route.split(' ')[0] ? row.body?.('pte_made-up') : undefined;
  let place = row.path ?? url;
  for (const [name, value] of Object.entries(places)) place = place.replace(name, value);
  const abort = new AbortController();
  const response = await fetch(collector.address + place, {
    method,
    // Everyone sends what the console's own page sends, so that roles alone make the difference.
    headers: {
      ...pageHeaders,
      ...headers[role],
      ...(body === undefined ? {} : { 'content-type': body.type }),
    },
    ...(body === undefined ? {} : { body: body.text }),
    signal: abort.signal,
    redirect: 'manual',
  });
  if (!url.endsWith('/stream') || response.status !== 200) {
    return { status: response.status, text: await response.text() };
  }
  const reader = response.body?.getReader();
  let text = '';
  while (reader !== undefined && !text.includes('data: ') && role !== 'technician of another school') {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  abort.abort();
  return { status: response.status, text };
}

it('has a row for every route of the application, and for no other', async () => {
  const routes = await listRoutes();
  const urls = new Set(table.map(({ route }) => route.split(' ')[1]));
  expect(new Set(routes.keys())).toEqual(urls);
});

describe.each(table)('$route', (row) => {
  const [method = '', url = ''] = row.route.split(' ');

  it('answers each role as it may', async () => {
    const answers: [Role, number][] = [];
    for (const role of roles) answers.push([role, (await ask(method, row, role)).status]);
    expect(answers).toEqual(roles.map((role, index) => [role, row.statuses[index]]));
  });

  it('shows a name of a school to that school alone', async () => {
    for (const role of roles) {
      const { text } = await ask(method, row, role);
      const mayRead =
        row.showsName === true &&
        role !== 'technician of another school' &&
        row.statuses[roles.indexOf(role)] === 200;
      expect([role, text.includes(ownName)]).toEqual([role, mayRead]);
    }
  });

  it('refuses every other method to every role, before it looks at the role', async () => {
    for (const other of otherMethods) {
      if (ownRoutes.has(`${other} ${url}`)) continue;
      const hasHead = ownRoutes.has(`GET ${url}`) && !withoutHead.has(url);
      const isOwnHead = other === 'HEAD' && hasHead;
      if (isOwnHead && method !== 'GET') continue;
      for (const [index, role] of roles.entries()) {
        const { status } = await ask(other, row, role);
        expect([other, role, status]).toEqual([other, role, isOwnHead ? row.statuses[index] : 405]);
      }
    }
  });
});

it('an agent may ask about its own account alone, whatever its school', async () => {
  for (const role of ['agent', 'agent of another school'] as const) {
    for (const route of ['acknowledgements', 'media-register']) {
      const row = { route: `GET /v1/${route}`, path: `/v1/${route}?account=school%5Cowen`, statuses: [] };
      expect([role, route, (await ask('GET', row, role)).status]).toEqual([role, route, 403]);
    }
  }
});

it('an agent of another school gets no answer of the first for the same account', async () => {
  const row = { route: 'GET /', path: '/v1/acknowledgements?account=school%5Ccarys', statuses: [] };
  expect(JSON.parse((await ask('GET', row, 'agent')).text)).toMatchObject({
    acknowledgements: [{ policyId: 'staff' }],
  });
  expect(JSON.parse((await ask('GET', row, 'agent of another school')).text)).toEqual({
    acknowledgements: [],
  });
});
