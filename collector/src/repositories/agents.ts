/** Enrolment tokens, the agents that enrolled with them, and the tokens by which agents are known. */
import { randomBytes, randomUUID } from 'node:crypto';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { EnrolmentRequest, EnrolmentResponse } from '../../../shared/wire/collector-api.ts';
import { holdsKey, keyIdOf } from '../evidence/check-evidence.ts';
import type { CollectorDatabase } from './database.ts';
import { createSecret, hashSecret } from './secrets.ts';

/** How long a replaced agent token still works, for the agent that never got the answer with its new one. */
const replacedTokenLifeMs = 15 * 60 * 1000;

interface EnrolmentTokenRecord {
  readonly tokenId: string;
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  readonly revokedAt: string | undefined;
  /** How many enrolments used it. */
  readonly uses: number;
}

export interface AgentRepository {
  /** Returns the token itself; only its hash is kept, so it cannot be shown again. */
  createEnrolmentToken(expiresAt: Date | undefined): Promise<{ tokenId: string; token: string }>;
  listEnrolmentTokens(): Promise<readonly EnrolmentTokenRecord[]>;
  /** False when no token has that id. Agents that enrolled with it stay enrolled. */
  revokeEnrolmentToken(tokenId: string): Promise<boolean>;
  /**
   * The same public key is the same agent, with a fresh token. A key that is known enrols again only with the proof
   * that the sender holds it: public keys are no secret, and the fresh token would be a stranger's.
   */
  enrol(request: EnrolmentRequest): Promise<Result<EnrolmentResponse, 'token-refused' | 'proof-refused'>>;
  findAgentByToken(agentToken: string): Promise<string | undefined>;
  countAgents(): Promise<number>;
}

export function createAgentRepository(database: CollectorDatabase, now: () => Date): AgentRepository {
  return {
    async createEnrolmentToken(expiresAt) {
      const tokenId = randomBytes(4).toString('hex');
      const token = createSecret('pte_');
      await database
        .insertInto('enrolment_tokens')
        .values({
          token_id: tokenId,
          token_sha256: hashSecret(token),
          created_at: now().toISOString(),
          expires_at: expiresAt?.toISOString() ?? null,
          revoked_at: null,
          uses: 0,
        })
        .execute();
      return { tokenId, token };
    },

    async listEnrolmentTokens() {
      const rows = await database
        .selectFrom('enrolment_tokens')
        .selectAll()
        .orderBy('created_at')
        .orderBy('token_id')
        .execute();
      return rows.map((row) => ({
        tokenId: row.token_id,
        createdAt: row.created_at,
        expiresAt: row.expires_at ?? undefined,
        revokedAt: row.revoked_at ?? undefined,
        uses: row.uses,
      }));
    },

    async revokeEnrolmentToken(tokenId) {
      const revokedAt = now().toISOString();
      const { numUpdatedRows } = await database
        .updateTable('enrolment_tokens')
        .set((expression) => ({
          revoked_at: expression.fn.coalesce('revoked_at', expression.val(revokedAt)),
        }))
        .where('token_id', '=', tokenId)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async enrol(request) {
      const at = now();
      const nowText = at.toISOString();
      const proof = request.proof === undefined ? 'none' : holdsKey(request) ? 'good' : 'wrong';
      return database.transaction().execute(async (transaction) => {
        const token = await transaction
          .selectFrom('enrolment_tokens')
          .select('token_id')
          .where('token_sha256', '=', hashSecret(request.enrolmentToken))
          .where('revoked_at', 'is', null)
          .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', nowText)]))
          .executeTakeFirst();
        if (token === undefined) return fail('token-refused' as const);
        if (proof !== 'good') {
          const known = await transaction
            .selectFrom('agents')
            .select('agent_id')
            .where('public_key', '=', request.publicKey.x)
            .executeTakeFirst();
          if (proof === 'wrong' || known !== undefined) return fail('proof-refused' as const);
        }

        await transaction
          .updateTable('enrolment_tokens')
          .set((expression) => ({ uses: expression('uses', '+', 1) }))
          .where('token_id', '=', token.token_id)
          .execute();
        const described = {
          machine_id: request.machine.id,
          hostname: request.machine.hostname,
          os: request.machine.os,
          agent_version: request.agentVersion,
          last_seen_at: nowText,
        };
        const { agent_id: agentId } = await transaction
          .insertInto('agents')
          .values({
            agent_id: randomUUID(),
            public_key: request.publicKey.x,
            key_id: keyIdOf(request.publicKey.x),
            enrolled_at: nowText,
            highest_sequence: 0,
            ...described,
          })
          .onConflict((conflict) => conflict.column('public_key').doUpdateSet(described))
          .returning('agent_id')
          .executeTakeFirstOrThrow();

        await transaction
          .deleteFrom('agent_tokens')
          .where('agent_id', '=', agentId)
          .where('expires_at', '<=', nowText)
          .execute();
        await transaction
          .updateTable('agent_tokens')
          .set({ expires_at: new Date(at.getTime() + replacedTokenLifeMs).toISOString() })
          .where('agent_id', '=', agentId)
          .where('expires_at', 'is', null)
          .execute();
        const agentToken = createSecret('pta_');
        await transaction
          .insertInto('agent_tokens')
          .values({
            token_sha256: hashSecret(agentToken),
            agent_id: agentId,
            created_at: nowText,
            expires_at: null,
          })
          .execute();
        return succeed({ agentId, agentToken });
      });
    },

    async findAgentByToken(agentToken) {
      const row = await database
        .selectFrom('agent_tokens')
        .select('agent_id')
        .where('token_sha256', '=', hashSecret(agentToken))
        .where((where) =>
          where.or([where('expires_at', 'is', null), where('expires_at', '>', now().toISOString())]),
        )
        .executeTakeFirst();
      return row?.agent_id;
    },

    async countAgents() {
      const { count } = await database
        .selectFrom('agents')
        .select((expression) => expression.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}
