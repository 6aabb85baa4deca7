/** Playwright runs this once before all end-to-end tests, so that its workers share one build. */
import { buildTestAgent } from './build-test-agent.ts';

export default async function beforeAll(): Promise<void> {
  await buildTestAgent();
}
