/** Creates, lists and revokes the tokens with which PCs enrol, for the command line. */
import { CollectorError } from './collector-error.ts';
import type { AgentRepository } from './repositories/agents.ts';
import { defaultSchoolId } from './schools.ts';

export const tokenVerbs = ['create', 'list', 'revoke'] as const;
type TokenVerb = (typeof tokenVerbs)[number];

interface TokenOptions {
  /** The token to revoke. */
  readonly tokenId: string;
  readonly expiresAfterDays: number | undefined;
  readonly maxUses: number | undefined;
  readonly needsApproval: boolean;
}

/** Throws CollectorError with a sentence for the technician. `warn` writes for a person, `say` also for a script. */
export async function runTokenCommand(
  verb: TokenVerb,
  options: TokenOptions,
  repository: AgentRepository,
  output: {
    readonly say: (line: string) => void;
    readonly warn: (line: string) => void;
    readonly now: () => Date;
  },
): Promise<void> {
  const { say, warn } = output;
  const nowMs = output.now().getTime();
  switch (verb) {
    case 'create': {
      const { expiresAfterDays, maxUses, needsApproval } = options;
      const expiresAt =
        expiresAfterDays === undefined ? undefined : new Date(nowMs + expiresAfterDays * 86_400_000);
      const created = await repository.createEnrolmentToken({
        schoolId: defaultSchoolId,
        expiresAt,
        maxUses,
        needsApproval,
      });
      // The token alone goes to standard output, so that a script can take it as it is.
      warn(
        `Token ${created.tokenId}, ${expiresAt === undefined ? 'never expires' : `expires ${toMinute(expiresAt.toISOString())}`}:`,
      );
      say(created.token);
      warn(
        'Put it into the setting "enrolmentToken" of the PCs. PCs that have enrolled keep working when it expires.',
      );
      if (needsApproval) warn('Each new PC waits until you let it report. See: agent list, agent approve');
      return;
    }
    case 'list': {
      const tokens = await repository.listEnrolmentTokens(defaultSchoolId);
      if (tokens.length === 0) warn('There are no enrolment tokens. Create one with: token create');
      for (const token of tokens) {
        const limit = token.maxUses === undefined ? '' : ` of ${token.maxUses}`;
        const approval = token.needsApproval ? '  new PCs wait for approval' : '';
        say(
          `${token.tokenId}  created ${toMinute(token.createdAt)}  ${stateOf(token, new Date(nowMs).toISOString())}  enrolments ${token.uses}${limit}${approval}`,
        );
      }
      return;
    }
    case 'revoke':
      if (!(await repository.revokeEnrolmentToken(defaultSchoolId, options.tokenId))) {
        throw new CollectorError(`There is no enrolment token ${options.tokenId}. See: token list`);
      }
      warn(`Token ${options.tokenId} is revoked.`);
      return;
  }
}

/** A UTC time without the seconds, which no technician needs. */
function toMinute(isoUtc: string): string {
  return `${isoUtc.slice(0, 16)}Z`;
}

function stateOf(
  token: Awaited<ReturnType<AgentRepository['listEnrolmentTokens']>>[number],
  nowText: string,
): string {
  if (token.revokedAt !== undefined) return `revoked ${toMinute(token.revokedAt)}`;
  if (token.expiresAt === undefined) return 'valid';
  return token.expiresAt > nowText
    ? `valid until ${toMinute(token.expiresAt)}`
    : `expired ${toMinute(token.expiresAt)}`;
}
