/** The system's message box of a new version, kept by the test instead of shown: no test display has one. */
import type { RunningAgent } from './world.ts';

interface Announced {
  readonly message: string;
  readonly detail: string;
}

declare global {
  /** What the agent has announced so far. */
  var announced: Announced[] | undefined;
}

/** From now on messages stay open until the agent closes them. Returns a function that reads the announcements. */
export async function keepAnnouncements(agent: RunningAgent): Promise<() => Promise<readonly Announced[]>> {
  await agent.app.evaluate(({ dialog }) => {
    const announced: Announced[] = [];
    globalThis.announced = announced;
    dialog.showMessageBox = (...given: unknown[]) => {
      const { message, detail, signal } = given.at(-1) as Announced & { readonly signal: AbortSignal };
      announced.push({ message, detail });
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ response: 0, checkboxChecked: false }));
      });
    };
  });
  return () => agent.app.evaluate(() => globalThis.announced ?? []);
}
