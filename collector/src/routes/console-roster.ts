/** The import of the school's list of people: first what it would do, then the import itself. */
import {
  importStateSchema,
  mostRosterBytes,
  type RosterFile,
  type RosterPreview,
  rosterFileSchema,
  rosterImportSchema,
  rosterPreviewSchema,
} from '../../../shared/console/people.ts';
import type { CollectorApp } from '../collector-app.ts';
import { sessionOf } from '../plugins/console-session.ts';
import { problemResponses, sendProblem } from '../plugins/problems.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import type { RosterRepository } from '../repositories/roster.ts';
import { createImportJobs } from '../roster/import-jobs.ts';
import { fingerprintOf, type ImportPlan, planImport } from '../roster/plan-import.ts';
import { readRosterFile } from '../roster/read-file.ts';
import { guessAudience, guessMapping, isOneRoster, readPeople } from '../roster/read-people.ts';
import { showText } from '../show-text.ts';

const mostErrors = 100;
const mostNames = 20;
const mostSamples = 3;
const mostColumns = 100;
const mostAudienceValues = 50;
const hidden = { hide: true } as const;

interface Dependencies {
  readonly rosterOf: (schoolId: string) => RosterRepository;
  readonly policies: PolicyRepository;
  readonly log: (line: string) => void;
}

interface Examined {
  readonly preview: RosterPreview;
  readonly plan: ImportPlan;
}

async function examine(
  { policies }: Dependencies,
  roster: RosterRepository,
  file: RosterFile,
): Promise<Examined> {
  const packs = await policies.all();
  const audiences = [...new Set(packs.flatMap(({ manifest }) => manifest.audiences))].sort();
  const table = readRosterFile(Buffer.from(file.content, 'base64'));
  const mapping = file.mapping ?? guessMapping(table.headings);
  const read = readPeople(table, mapping, file, audiences);
  const plan = planImport(read.people, await roster.listAll(), read.errors.length > 0);
  const names = (people: readonly { readonly fullName: string }[]): string[] =>
    people.slice(0, mostNames).map(({ fullName }) => showText(fullName));
  return {
    plan,
    preview: {
      encoding: table.encoding,
      isOneRoster: isOneRoster(table.headings),
      columns: table.headings.slice(0, mostColumns).map((name, index) => ({
        name: showText(name),
        samples: table.rows
          .flatMap(({ cells }) => ((cells[index] ?? '') === '' ? [] : [showText(cells[index] ?? '')]))
          .slice(0, mostSamples),
      })),
      mapping,
      audiences,
      audienceValues: [...read.audienceValues].slice(0, mostAudienceValues).map(([value, people]) => ({
        value,
        people,
        audience: file.audienceOf?.[value] ?? guessAudience(value, audiences),
      })),
      people: read.people.length,
      errors: read.errors.slice(0, mostErrors).map((error) => ({ ...error, value: showText(error.value) })),
      errorCount: read.errors.length,
      added: plan.added.length,
      changed: plan.changed.length,
      unchanged: plan.unchanged,
      left: plan.left.length,
      names: { added: names(plan.added), changed: names(plan.changed), left: names(plan.left) },
      fingerprint: fingerprintOf(plan),
    },
  };
}

export function addConsoleRosterRoutes(app: CollectorApp, deps: Dependencies): void {
  const jobs = createImportJobs(deps.log);
  const config = { act: 'people:manage' } as const;
  const bodyLimit = mostRosterBytes * 2;

  app.post(
    '/api/roster/preview',
    {
      config,
      bodyLimit,
      schema: { ...hidden, body: rosterFileSchema, response: { 200: rosterPreviewSchema } },
    },
    async (request) =>
      (await examine(deps, deps.rosterOf(sessionOf(request).schoolId), request.body)).preview,
  );

  app.post(
    '/api/roster/import',
    {
      config,
      bodyLimit,
      schema: {
        ...hidden,
        body: rosterImportSchema,
        response: { 202: importStateSchema, ...problemResponses([409]) },
      },
    },
    async (request, reply) => {
      const { schoolId, actor } = sessionOf(request);
      const { fingerprint, ...file } = request.body;
      const roster = deps.rosterOf(schoolId);
      const { plan, preview } = await examine(deps, roster, file);
      if (preview.fingerprint !== fingerprint) {
        return sendProblem(reply, 409, 'The list has changed since the preview. Look at it again.');
      }
      if (!jobs.start(roster, plan, actor)) return sendProblem(reply, 409, 'Another import is running.');
      return reply.code(202).send(jobs.stateOf(schoolId));
    },
  );

  app.get(
    '/api/roster/import',
    { config, schema: { ...hidden, response: { 200: importStateSchema } } },
    (request) => jobs.stateOf(sessionOf(request).schoolId),
  );
}
