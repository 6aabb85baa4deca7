/**
 * Seeded alterations of a database with every kind of evidence: `verify` misses none. A long run says what it has seen:
 * PORTHOR_ALTERATIONS=100000 vitest run --config tests/vitest.config.ts --project collector tests/collector/alterations.test.ts
 */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { alter, cellsOf, makeChooser, withoutUnboundAgents } from '../support/collector/alterations.ts';
import { makeEvidenceDatabase, verifyFolder } from '../support/collector/evidence-database.ts';

const count = Number(process.env['PORTHOR_ALTERATIONS'] ?? 200);
const seed = process.env['PORTHOR_ALTERATIONS_SEED'] ?? 'porthor-alterations-1';
/** Generous, because a busy machine takes many times as long. */
const deadlineMs = 240_000 + count * 2000;

it(`verify finds each of ${count} seeded alterations`, { timeout: deadlineMs }, async () => {
  const evidence = await makeEvidenceDatabase(3);
  onTestFinished(() => evidence.remove());
  const data = await evidence.tamper(() => undefined);
  const file = path.join(data, 'collector.sqlite');
  const choose = makeChooser(seed);
  const pristine = new DatabaseSync(file, { readOnly: true });
  const cells = withoutUnboundAgents(pristine, cellsOf(pristine));
  pristine.close();
  const missed: string[] = [];
  const startedMs = performance.now();
  for (let made = 0; made < count; ) {
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    const deed = alter(database, cells, choose);
    database.close();
    if (deed === undefined) continue;
    made += 1;
    if ((await verifyFolder(data, { kept: [evidence.newest] })).findings.length === 0) missed.push(deed);
    await copyFile(path.join(evidence.pristine, 'collector.sqlite'), file);
  }
  if (count > 1000) {
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    process.stderr.write(
      `${count} alterations of ${cells.length} values in ${seconds} s, ${missed.length} missed\n`,
    );
  }
  expect(missed).toEqual([]);
  expect((await verifyFolder(data, { kept: [evidence.newest] })).findings).toEqual([]);
});
