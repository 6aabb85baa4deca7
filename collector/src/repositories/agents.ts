/** Enrolment tokens, the agents that enrolled with them, and the tokens that agents then send. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import type { EnrolmentRequest, EnrolmentResponse } from '../../../shared/wire/collector-api.ts';
import { holdsKey, keyIdOf } from '../evidence/check-evidence.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { type AuditEntry, noteAudit } from './audit.ts';
import { bindAccount } from './bind-account.ts';
import { readCollectorName } from './collector-name.ts';
import { addLogRecords } from './log-records.ts';
import { createSecret, hashSecret } from './secrets.ts';

/** Who acts where no account is named: the person at the command line. */
const administrator = 'command line';

/** A replaced agent token stays valid this long, for an agent that did not receive the answer with its new token. */
const replacedTokenLifeMs = 15 * 60 * 1000;

interface EnrolmentTokenRecord {
  readonly tokenId: string;
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  readonly revokedAt: string | undefined;
  /** Number of enrolments that used it. */
  readonly uses: number;
  /** Undefined for no limit. */
  readonly maxUses: number | undefined;
  readonly needsApproval: boolean;
}

interface NewEnrolmentToken {
  readonly schoolId: string;
  /** Undefined: it never expires. */
  readonly expiresAt: Date | undefined;
  /** Undefined: no limit. */
  readonly maxUses: number | undefined;
  /** A PC that the school has not seen before waits for a technician. Default: it may report at once. */
  readonly needsApproval?: boolean;
  /** Default: the command line. */
  readonly actor?: string;
}

/** `waiting` agents are known and may not report or ask until a technician approves them. */
const agentStates = ['active', 'waiting', 'expelled'] as const;
export type AgentState = (typeof agentStates)[number];

/** The agent behind a request. */
export interface KnownAgent {
  readonly agentId: string;
  readonly schoolId: string;
  readonly state: AgentState;
  /** The account for which it reports and asks; undefined for an agent that has not named it. */
  readonly accountKey: string | undefined;
  /** When its account was erased. */
  readonly erasedAt: string | undefined;
}

interface AgentRecord {
  readonly agentId: string;
  readonly state: AgentState;
  /** A technician's name for it; may be empty. */
  readonly label: string;
  readonly hostname: string;
  readonly account: string;
  readonly os: string;
  readonly agentVersion: string;
  readonly enrolledAt: string;
  readonly lastSeenAt: string;
}

/**
 * `proof-refused`: the sender did not prove that it holds a key that is known already. `other-school` and
 * `other-account`: that key enrolled for another school or account. `expelled`: a technician has expelled the agent.
 */
export type EnrolmentProblem =
  | 'token-refused'
  | 'proof-refused'
  | 'other-school'
  | 'other-account'
  | 'expelled';

export interface AgentRepository {
  /** Returns the token itself. Only its hash is stored, so it cannot be shown again. */
  createEnrolmentToken(token: NewEnrolmentToken): Promise<{ tokenId: string; token: string }>;
  listEnrolmentTokens(schoolId: string): Promise<readonly EnrolmentTokenRecord[]>;
  /** False when no token has that id. Agents that enrolled with it stay enrolled. */
  revokeEnrolmentToken(schoolId: string, tokenId: string, actor?: string): Promise<boolean>;
  /**
   * The same public key is the same agent, with a new token. A known key enrols again only with the proof that the
   * sender holds it: public keys are no secret, so a stranger could otherwise obtain the new token.
   */
  enrol(request: EnrolmentRequest): Promise<Result<EnrolmentResponse, EnrolmentProblem>>;
  findAgentByToken(agentToken: string): Promise<KnownAgent | undefined>;
  /**
   * Whether the agent may ask about an account: only about its own. An agent that has not named one is bound to the
   * first. A refusal is noted in the audit log.
   */
  mayAskAbout(agent: Omit<KnownAgent, 'state' | 'erasedAt'>, account: string): Promise<boolean>;
  list(schoolId: string): Promise<readonly AgentRecord[]>;
  /** False when the school has no such agent. */
  setState(schoolId: string, agentId: string, state: AgentState): Promise<boolean>;
  /** The same for a person in the console: false also where the agent is in none of the states `from`. */
  decide(by: By, agentId: string, state: AgentState, from: readonly AgentState[]): Promise<boolean>;
  /** False when the school has no such agent. Default actor: the command line. */
  rename(schoolId: string, agentId: string, label: string, actor?: string): Promise<boolean>;
  countAgents(): Promise<number>;
}

/** The person of a school who acts in the console. */
interface By {
  readonly schoolId: string;
  readonly actor: string;
}

interface EnrolInput {
  readonly at: string;
  readonly tokenSha256: string;
  readonly proof: 'none' | 'good' | 'wrong';
  readonly publicKey: string;
  readonly keyId: string;
  readonly account: { readonly key: string; readonly name: string; readonly domain: string } | undefined;
  readonly machine: { readonly id: string; readonly hostname: string; readonly os: string };
  readonly agentVersion: string;
  readonly newAgentId: string;
  readonly newTokenSha256: string;
}

/** Names the leaf of an agent's key. */
export function keyRecordId(agentId: string): string {
  return `key:${agentId}`;
}

/** The columns that each enrolment of a PC sets. */
function describePc(input: EnrolInput) {
  return {
    machine_id: input.machine.id,
    hostname: input.machine.hostname,
    os: input.machine.os,
    agent_version: input.agentVersion,
    last_seen_at: input.at,
    ...(input.account === undefined
      ? {}
      : {
          account_key: input.account.key,
          account_name: input.account.name,
          account_domain: input.account.domain,
        }),
  };
}

async function enrol(
  transaction: Transaction<Tables>,
  input: EnrolInput,
): Promise<Result<{ agentId: string; collector: string; school: string }, EnrolmentProblem>> {
  const token = await transaction
    .selectFrom('enrolment_tokens')
    .select(['token_id', 'school_id', 'uses', 'max_uses', 'needs_approval'])
    .where('token_sha256', '=', input.tokenSha256)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', input.at)]))
    .executeTakeFirst();
  if (token === undefined) return fail('token-refused');
  const known = await transaction
    .selectFrom('agents')
    .select(['agent_id', 'school_id', 'state', 'account_key'])
    .where('public_key', '=', input.publicKey)
    .executeTakeFirst();
  if (input.proof === 'wrong' || (input.proof === 'none' && known !== undefined))
    return fail('proof-refused');
  if (known !== undefined) {
    if (known.school_id !== token.school_id) return fail('other-school');
    if (known.state === 'expelled') return fail('expelled');
    if (
      known.account_key !== null &&
      input.account !== undefined &&
      known.account_key !== input.account.key
    ) {
      return fail('other-account');
    }
  } else if (token.max_uses !== null && token.uses >= token.max_uses) {
    // A known PC may enrol again; only a new one counts as a use of the token.
    return fail('token-refused');
  }
  await transaction
    .updateTable('enrolment_tokens')
    .set((expression) => ({ uses: expression('uses', '+', 1) }))
    .where('token_id', '=', token.token_id)
    .execute();
  const described = describePc(input);
  const state = await firstState(transaction, token, input.machine.id);
  const { agent_id: agentId } = await transaction
    .insertInto('agents')
    .values({
      account_key: null,
      account_name: '',
      account_domain: '',
      ...described,
      school_id: token.school_id,
      agent_id: input.newAgentId,
      public_key: input.publicKey,
      key_id: input.keyId,
      enrolled_at: input.at,
      highest_sequence: 0,
      has_jumped: 0,
      history_sha256: '',
      erased_at: null,
      label: '',
      state,
    })
    .onConflict((conflict) => conflict.column('public_key').doUpdateSet(described))
    .returning('agent_id')
    .executeTakeFirstOrThrow();
  if (known === undefined && agentId === input.newAgentId) {
    await logEnrolledKey(transaction, input, { schoolId: token.school_id, state });
  }
  await replaceToken(transaction, agentId, input);
  return succeed({ agentId, collector: await readCollectorName(transaction), school: token.school_id });
}

/** Not called where another collector enrolled the key meanwhile: then the leaf is its. */
async function logEnrolledKey(
  transaction: Transaction<Tables>,
  { newAgentId, publicKey, keyId, machine, at }: EnrolInput,
  { schoolId, state }: { readonly schoolId: string; readonly state: string },
): Promise<void> {
  const facts = { agent: newAgentId, key: keyId, x: publicKey, machine: machine.id, state };
  await addLogRecords(transaction, [
    { id: keyRecordId(newAgentId), kind: 'key-enrolled', schoolId, at, facts },
  ]);
}

/** The state of a new agent. A PC counts as seen when another agent on it may report. */
async function firstState(
  transaction: Transaction<Tables>,
  token: { readonly school_id: string; readonly needs_approval: number },
  machineId: string,
): Promise<AgentState> {
  if (token.needs_approval === 0) return 'active';
  const seen = await transaction
    .selectFrom('agents')
    .select('agent_id')
    .where('school_id', '=', token.school_id)
    .where('machine_id', '=', machineId)
    .where('state', '=', 'active')
    .limit(1)
    .executeTakeFirst();
  return seen === undefined ? 'waiting' : 'active';
}

async function replaceToken(
  transaction: Transaction<Tables>,
  agentId: string,
  { at, newTokenSha256 }: EnrolInput,
): Promise<void> {
  await transaction
    .deleteFrom('agent_tokens')
    .where('agent_id', '=', agentId)
    .where('expires_at', '<=', at)
    .execute();
  await transaction
    .updateTable('agent_tokens')
    .set({ expires_at: new Date(Date.parse(at) + replacedTokenLifeMs).toISOString() })
    .where('agent_id', '=', agentId)
    .where('expires_at', 'is', null)
    .execute();
  await transaction
    .insertInto('agent_tokens')
    .values({ token_sha256: newTokenSha256, agent_id: agentId, created_at: at, expires_at: null })
    .execute();
}

export const agentWrites = {
  'agents.createEnrolmentToken': async (
    transaction: Transaction<Tables>,
    token: {
      readonly schoolId: string;
      readonly tokenId: string;
      readonly tokenSha256: string;
      readonly at: string;
      readonly expiresAt: string | null;
      readonly maxUses: number | null;
      readonly needsApproval: boolean;
      readonly actor: string;
    },
  ): Promise<void> => {
    await transaction
      .insertInto('enrolment_tokens')
      .values({
        school_id: token.schoolId,
        token_id: token.tokenId,
        token_sha256: token.tokenSha256,
        created_at: token.at,
        expires_at: token.expiresAt,
        revoked_at: null,
        uses: 0,
        max_uses: token.maxUses,
        needs_approval: token.needsApproval ? 1 : 0,
      })
      .execute();
    const { schoolId, at, actor, tokenId: subject, expiresAt, maxUses, needsApproval } = token;
    const detail = JSON.stringify({ expiresAt, maxUses, needsApproval });
    await noteAudit(transaction, [{ schoolId, at, actor, act: 'token-created', subject, detail }]);
  },

  'agents.revokeEnrolmentToken': async (
    transaction: Transaction<Tables>,
    { schoolId, tokenId, at, actor }: By & { readonly tokenId: string; readonly at: string },
  ): Promise<boolean> => {
    const { numUpdatedRows } = await transaction
      .updateTable('enrolment_tokens')
      .set((expression) => ({ revoked_at: expression.fn.coalesce('revoked_at', expression.val(at)) }))
      .where('school_id', '=', schoolId)
      .where('token_id', '=', tokenId)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    const what = { act: 'token-revoked', subject: tokenId, detail: '' };
    await noteAudit(transaction, [{ schoolId, at, actor, ...what }]);
    return true;
  },

  'agents.enrol': enrol,

  /** Returns the account to which the agent is bound, which may be an earlier one. */
  'agents.bindAccount': bindAccount,

  'agents.noteRefusedQuestion': (transaction: Transaction<Tables>, entry: AuditEntry): Promise<void> =>
    noteAudit(transaction, [entry]),

  'agents.change': async (
    transaction: Transaction<Tables>,
    change: {
      readonly schoolId: string;
      readonly agentId: string;
      /** ISO UTC. */
      readonly at: string;
      readonly actor?: string;
      /** Only an agent in one of these states is changed. Default: any. */
      readonly from?: readonly AgentState[];
      readonly set: { readonly state: AgentState } | { readonly label: string };
    },
  ): Promise<boolean> => {
    const { schoolId, agentId, at, set, from, actor = administrator } = change;
    const changed = await transaction
      .updateTable('agents')
      .set(set)
      .where('school_id', '=', schoolId)
      .where('agent_id', '=', agentId)
      .$if(from !== undefined, (query) => query.where('state', 'in', from ?? []))
      .returning('key_id')
      .executeTakeFirst();
    if (changed === undefined) return false;
    const about = { schoolId, at, actor, subject: agentId };
    if ('label' in set) {
      await noteAudit(transaction, [{ ...about, act: 'agent-renamed', detail: set.label }]);
      return true;
    }
    await noteAudit(transaction, [{ ...about, act: `agent-${set.state}`, detail: '' }]);
    if (set.state === 'expelled') {
      const id = `key-ended:${randomUUID()}`;
      const facts = { agent: agentId, key: changed.key_id };
      await addLogRecords(transaction, [{ id, kind: 'key-ended', schoolId, at, facts }]);
    }
    return true;
  },
};

function readState(text: string): AgentState {
  // An agent in a state that this collector does not know gets no access.
  return agentStates.find((state) => state === text) ?? 'expelled';
}

export function createAgentRepository(storage: Storage, now: () => Date): AgentRepository {
  const { reader } = storage;
  return {
    async createEnrolmentToken({
      schoolId,
      expiresAt,
      maxUses,
      needsApproval = false,
      actor = administrator,
    }) {
      const tokenId = randomBytes(4).toString('hex');
      const token = createSecret('pte_');
      await storage.write('agents.createEnrolmentToken', {
        schoolId,
        tokenId,
        tokenSha256: hashSecret(token),
        at: now().toISOString(),
        expiresAt: expiresAt?.toISOString() ?? null,
        maxUses: maxUses ?? null,
        needsApproval,
        actor,
      });
      return { tokenId, token };
    },

    async listEnrolmentTokens(schoolId) {
      const rows = await reader
        .selectFrom('enrolment_tokens')
        .selectAll()
        .where('school_id', '=', schoolId)
        .orderBy('created_at')
        .orderBy('token_id')
        .execute();
      return rows.map((row) => ({
        tokenId: row.token_id,
        createdAt: row.created_at,
        expiresAt: row.expires_at ?? undefined,
        revokedAt: row.revoked_at ?? undefined,
        uses: row.uses,
        maxUses: row.max_uses ?? undefined,
        needsApproval: row.needs_approval === 1,
      }));
    },

    revokeEnrolmentToken: (schoolId, tokenId, actor = administrator) =>
      storage.write('agents.revokeEnrolmentToken', { schoolId, tokenId, actor, at: now().toISOString() }),

    async enrol(request) {
      const proof = request.proof === undefined ? 'none' : (await holdsKey(request)) ? 'good' : 'wrong';
      const agentToken = createSecret('pta_');
      const { account, machine } = request;
      const enrolled = await storage.write('agents.enrol', {
        at: now().toISOString(),
        tokenSha256: hashSecret(request.enrolmentToken),
        proof,
        publicKey: request.publicKey.x,
        keyId: keyIdOf(request.publicKey.x),
        account:
          account === undefined
            ? undefined
            : {
                key: asKept(accountKey(account)),
                name: asKept(account.name),
                domain: asKept(account.domain),
              },
        machine: { id: asKept(machine.id), hostname: asKept(machine.hostname), os: asKept(machine.os) },
        agentVersion: asKept(request.agentVersion),
        newAgentId: randomUUID(),
        newTokenSha256: hashSecret(agentToken),
      });
      return enrolled.ok ? succeed({ ...enrolled.value, agentToken }) : enrolled;
    },

    async findAgentByToken(agentToken) {
      const row = await reader
        .selectFrom('agent_tokens')
        .innerJoin('agents', 'agents.agent_id', 'agent_tokens.agent_id')
        .select([
          'agents.agent_id',
          'agents.school_id',
          'agents.state',
          'agents.account_key',
          'agents.erased_at',
        ])
        .where('token_sha256', '=', hashSecret(agentToken))
        .where((where) =>
          where.or([where('expires_at', 'is', null), where('expires_at', '>', now().toISOString())]),
        )
        .executeTakeFirst();
      return row === undefined
        ? undefined
        : {
            agentId: row.agent_id,
            schoolId: row.school_id,
            state: readState(row.state),
            accountKey: row.account_key ?? undefined,
            erasedAt: row.erased_at ?? undefined,
          };
    },

    async mayAskAbout({ agentId, schoolId, accountKey: named }, account) {
      const own = named ?? (await storage.write('agents.bindAccount', { agentId, account: asKept(account) }));
      if (own === account) return true;
      await storage.write('agents.noteRefusedQuestion', {
        schoolId,
        at: now().toISOString(),
        actor: `agent:${agentId}`,
        act: 'asked-about-another-account',
        subject: account,
        detail: '',
      });
      return false;
    },

    async list(schoolId) {
      const rows = await reader
        .selectFrom('agents')
        .selectAll()
        .where('school_id', '=', schoolId)
        .orderBy('hostname')
        .orderBy('agent_id')
        .execute();
      return rows.map((row) => ({
        agentId: row.agent_id,
        state: readState(row.state),
        label: row.label,
        hostname: row.hostname,
        account: row.account_domain === '' ? row.account_name : `${row.account_domain}\\${row.account_name}`,
        os: row.os,
        agentVersion: row.agent_version,
        enrolledAt: row.enrolled_at,
        lastSeenAt: row.last_seen_at,
      }));
    },

    setState: (schoolId, agentId, state) =>
      storage.write('agents.change', { schoolId, agentId, at: now().toISOString(), set: { state } }),

    decide: (by, agentId, state, from) =>
      storage.write('agents.change', { ...by, agentId, at: now().toISOString(), from, set: { state } }),

    rename: (schoolId, agentId, label, actor = administrator) =>
      storage.write('agents.change', {
        schoolId,
        agentId,
        actor,
        at: now().toISOString(),
        set: { label: asKept(label) },
      }),

    async countAgents() {
      const { count } = await reader
        .selectFrom('agents')
        .select((expression) => expression.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}
