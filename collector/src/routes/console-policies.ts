/** Policies in the console: the versions of each with their acceptances, and one version to read and to compare. */
import { z } from 'zod';
import { type PolicyVersion, policyListSchema, policyTextSchema } from '../../../shared/console/policies.ts';
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { calendarDateAt, formatCalendarDate } from '../../../shared/policy/school-calendar.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import { changesSince, pairLanguages } from '../policies/compare-texts.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import type { AcceptanceCount, PolicyCountRepository } from '../repositories/policy-counts.ts';

const hidden = { hide: true } as const;
const config = { act: 'policies:read' } as const;

interface Dependencies {
  readonly now: () => Date;
  readonly policies: PolicyRepository;
  readonly policyCountsOf: (schoolId: string) => PolicyCountRepository;
}

type Keyed = Pick<PolicyPack['manifest'], 'id' | 'version'>;
const newestFirst = (left: { version: string }, right: { version: string }): number =>
  compareVersions(right.version, left.version);

/** The packs of the collector, and versions that were accepted and are no longer held. */
function listVersions(packs: readonly PolicyPack[], counts: readonly AcceptanceCount[], today: string) {
  const held = packs.map(({ manifest }) => manifest);
  const countOf = ({ id, version }: Keyed): number =>
    counts.find((one) => one.policyId === id && one.policyVersion === version)?.accepted ?? 0;
  const policyIds = new Set([...held.map(({ id }) => id), ...counts.map(({ policyId }) => policyId)]);
  return [...policyIds].toSorted().map((policyId) => {
    const own = held.filter(({ id }) => id === policyId);
    const current = own.filter(({ effectiveFrom }) => effectiveFrom <= today).toSorted(newestFirst)[0];
    const known = own.map((manifest): PolicyVersion => {
      const { version, title, audiences, effectiveFrom, material } = manifest;
      const state = manifest === current ? 'current' : effectiveFrom > today ? 'future' : 'earlier';
      const pack = { title, audiences, effectiveFrom, material };
      return { version, state, accepted: countOf(manifest), pack };
    });
    const gone = counts
      .filter((one) => one.policyId === policyId && !own.some(({ version }) => version === one.policyVersion))
      .map(
        ({ policyVersion: version, accepted }): PolicyVersion => ({ version, state: 'not-held', accepted }),
      );
    return { policyId, versions: [...known, ...gone].toSorted(newestFirst) };
  });
}

export function addConsolePolicyRoutes(app: CollectorApp, deps: Dependencies): void {
  const { now, policies, policyCountsOf } = deps;

  app.get(
    '/api/policies',
    { config, schema: { ...hidden, response: { 200: policyListSchema, ...problemResponses([503]) } } },
    async (request) => {
      const counts = await policyCountsOf(sessionOf(request).schoolId).acceptances();
      const today = formatCalendarDate(calendarDateAt(now()));
      return { items: listVersions(await policies.all(), counts, today) };
    },
  );

  app.get(
    '/api/policies/:policyId/:version',
    {
      config,
      schema: {
        ...hidden,
        params: z.object({ policyId: z.string().max(64), version: z.string().max(32) }),
        response: { 200: policyTextSchema, ...problemResponses([404, 503]) },
      },
    },
    async (request, reply) => {
      const { policyId, version } = request.params;
      const ofPolicy = (await policies.all()).filter(({ manifest }) => manifest.id === policyId);
      const pack = ofPolicy.find(({ manifest }) => manifest.version === version);
      if (pack === undefined) return sendProblem(reply, 404, 'The collector does not hold this version.');
      const before = ofPolicy
        .filter(({ manifest }) => compareVersions(manifest.version, version) < 0)
        .toSorted((left, right) => newestFirst(left.manifest, right.manifest))[0];
      const { title, audiences, effectiveFrom, material, statements } = pack.manifest;
      return {
        ...{ policyId, version, title, audiences, effectiveFrom, material, statements },
        parts: pairLanguages(pack.texts),
        ...(before === undefined
          ? {}
          : {
              changes: {
                since: before.manifest.version,
                parts: {
                  'en-GB': changesSince(before.texts['en-GB'], pack.texts['en-GB']),
                  'cy-GB': changesSince(before.texts['cy-GB'], pack.texts['cy-GB']),
                },
              },
            }),
      };
    },
  );
}
