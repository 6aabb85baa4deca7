/** Playwright runs this once before all end-to-end tests, so that its workers share one build. */
import { buildTestAgent } from './build-test-agent.ts';

// biome-ignore lint/style/noDefaultExport: Playwright calls the default export.
export default async function beforeAll(): Promise<void> {
  await buildTestAgent();
}
