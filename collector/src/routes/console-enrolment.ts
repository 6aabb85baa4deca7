/** Enrolment in the console: tokens, templates, installers, and codes that open a stuck gate. */
import { createHash, randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  breakGlassSchema,
  type EnrolmentToken,
  enrolmentSchema,
  issuedTokenSchema,
  newTokenSchema,
} from '../../../shared/console/enrolment.ts';
import { groupSpoken, spokenAlphabet } from '../../../shared/lib/spoken-code.ts';
import type { CollectorApp } from '../collector-app.ts';
import { isLoopback } from '../edge/monitoring-access.ts';
import type { InstallerFolder } from '../installers/list-installers.ts';
import { zipPolicyTemplates } from '../installers/policy-templates.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { noContent, problemResponses, sendProblem } from '../plugins/problems.ts';
import type { AgentRepository } from '../repositories/agents.ts';
import type { AuditRepository } from '../repositories/audit.ts';
import { collectorVersion } from '../version.ts';

const hidden = { hide: true } as const;
const config = { act: 'enrolment:manage' } as const;
const dayMs = 86_400_000;
/** 16 of 20 signs are 69 bits: too many to guess the code from its hash, which every user of a PC can read. */
const breakGlassSigns = 16;

interface Dependencies {
  readonly agents: AgentRepository;
  readonly audit: AuditRepository;
  readonly installers: InstallerFolder;
  /** Undefined where people and PCs reach the collector at its own address. */
  readonly publicUrl: string | undefined;
  readonly now: () => Date;
}

type KnownToken = Awaited<ReturnType<AgentRepository['listEnrolmentTokens']>>[number];

function stateOf(token: KnownToken, nowText: string): EnrolmentToken['state'] {
  if (token.revokedAt !== undefined) return 'revoked';
  if (token.expiresAt !== undefined && token.expiresAt <= nowText) return 'expired';
  return token.maxUses !== undefined && token.uses >= token.maxUses ? 'used-up' : 'valid';
}

/** A URL writes an IPv6 address in brackets. */
function isTrustedByAgents(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname.replaceAll(/^\[|\]$/gu, ''));
}

export function addConsoleEnrolmentRoutes(app: CollectorApp, deps: Dependencies): void {
  const { agents, installers, publicUrl, now } = deps;
  const addressOf = (request: FastifyRequest): string => publicUrl ?? `${request.protocol}://${request.host}`;

  app.get(
    '/api/enrolment',
    { config, schema: { ...hidden, response: { 200: enrolmentSchema } } },
    async (request) => {
      const nowText = now().toISOString();
      const [tokens, files] = await Promise.all([
        agents.listEnrolmentTokens(sessionOf(request).schoolId),
        installers.list(),
      ]);
      const collectorUrl = addressOf(request);
      return {
        tokens: tokens.map((token) => ({ ...token, state: stateOf(token, nowText) })).toReversed(),
        collectorUrl,
        isTrusted: isTrustedByAgents(collectorUrl),
        installers: [...files],
        installerFolder: installers.folder,
        version: collectorVersion,
      };
    },
  );
  addTokenRoutes(app, deps);
  addDownloads(app, deps);
  addBreakGlass(app, deps);
}

function addTokenRoutes(app: CollectorApp, { agents, now }: Dependencies): void {
  app.post(
    '/api/enrolment/tokens',
    { config, schema: { ...hidden, body: newTokenSchema, response: { 201: issuedTokenSchema } } },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { expiresAfterDays, maxUses, needsApproval } = request.body;
      const expiresAt =
        expiresAfterDays === null ? undefined : new Date(now().getTime() + expiresAfterDays * dayMs);
      const issued = await agents.createEnrolmentToken({
        schoolId,
        actor,
        expiresAt,
        maxUses: maxUses ?? undefined,
        needsApproval,
      });
      return reply
        .code(201)
        .send({ ...issued, ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }) });
    },
  );

  app.delete(
    '/api/enrolment/tokens/:tokenId',
    {
      config,
      schema: {
        ...hidden,
        params: z.object({ tokenId: z.string().max(64) }),
        response: { 204: noContent, ...problemResponses([404]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const isKnown = await agents.revokeEnrolmentToken(schoolId, request.params.tokenId, actor);
      return isKnown
        ? reply.code(204).send()
        : sendProblem(reply, 404, 'Your school has no such enrolment token.');
    },
  );
}

function addDownloads(app: CollectorApp, { installers }: Dependencies): void {
  app.get('/api/enrolment/templates.zip', { config, schema: hidden }, async (_request, reply) =>
    reply
      .header('content-type', 'application/zip')
      .header('content-disposition', 'attachment; filename="porthor-policy-definitions.zip"')
      .send(await zipPolicyTemplates()),
  );

  app.get(
    '/api/enrolment/installers/:name',
    {
      exposeHeadRoute: false,
      config,
      schema: { ...hidden, params: z.object({ name: z.string().max(128) }) },
    },
    async (request, reply) => {
      const found = await installers.find(request.params.name);
      if (found === undefined) return sendProblem(reply, 404, 'There is no such installer in the folder.');
      return reply
        .header('content-type', 'application/octet-stream')
        .header('content-length', found.sizeBytes)
        .header('content-disposition', `attachment; filename="${request.params.name}"`)
        .send(createReadStream(found.file));
    },
  );
}

function addBreakGlass(app: CollectorApp, { audit }: Dependencies): void {
  app.post(
    '/api/enrolment/break-glass-codes',
    { config, schema: { ...hidden, response: { 201: breakGlassSchema } } },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const signs = Array.from({ length: breakGlassSigns }, () =>
        spokenAlphabet.charAt(randomInt(spokenAlphabet.length)),
      );
      const code = groupSpoken(signs.join(''));
      const sha256 = createHash('sha256').update(code, 'utf8').digest('hex');
      // The code itself is kept nowhere. The hash is what every PC is given.
      await audit.note({ schoolId, actor, act: 'break-glass-code-made', subject: sha256, detail: '' });
      return reply.code(201).send({ code, sha256 });
    },
  );
}
