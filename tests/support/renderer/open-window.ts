/** Opens a window's page in the browser with a double of its bridge, derived from the real contract. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type {
  CallName,
  DrawnScreen,
  HandlersOf,
  InputOf,
  Revised,
  StateOf,
  WindowContract,
} from '../../../shared/ipc/contract.ts';
import type { ServedPages } from './pages.ts';

interface PageSide {
  readonly doubleCall: (name: string, input: unknown) => Promise<unknown>;
  readonly doubleState: () => Promise<unknown>;
  doublePush?: (revised: unknown) => void;
  porthor?: unknown;
}

interface MadeCall {
  readonly name: string;
  readonly input: unknown;
}

export interface WindowDouble<Contract extends WindowContract> {
  readonly page: Page;
  /** The state last pushed. */
  state(): StateOf<Contract>;
  /** Sends a new state like the main process. The contract's schema checks it first. */
  push(state: StateOf<Contract>): Promise<void>;
  /** Sends a state with the given revision, and does not make it the current one. */
  pushWithRevision(revised: Revised<StateOf<Contract>>): Promise<void>;
  readonly made: readonly MadeCall[];
  inputsOf<Name extends CallName<Contract>>(name: Name): readonly InputOf<Contract, Name>[];
  /** Errors: thrown in the page, refused by its security policy, or found in what it sent. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export interface OpenOptions<Contract extends WindowContract> {
  readonly contract: Contract;
  readonly state: StateOf<Contract>;
  readonly handlers: (double: WindowDouble<Contract>) => HandlersOf<Contract>;
  readonly context?: BrowserContextOptions;
  /** The first state as the main process has drawn it. */
  readonly drawn?: DrawnScreen;
  /** Runs before the page is opened. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Runs in the page before its own scripts. */
function installDouble(names: readonly string[]): void {
  const side = window as unknown as PageSide;
  const listeners = new Set<(revised: unknown) => void>();
  side.doublePush = (revised) => {
    for (const listener of listeners) listener(revised);
  };
  side.porthor = {
    getState: () => side.doubleState(),
    onState: (listener: (revised: unknown) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    calls: Object.fromEntries(names.map((name) => [name, (input: unknown) => side.doubleCall(name, input)])),
  };
}

export async function openWindow<Contract extends WindowContract>(
  browser: Browser,
  pages: ServedPages,
  {
    contract,
    state: firstState,
    handlers: makeHandlers,
    context: contextOptions,
    drawn,
    prepare,
  }: OpenOptions<Contract>,
): Promise<WindowDouble<Contract>> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...contextOptions });
  const page = await context.newPage();
  const faults: string[] = [];
  const made: MadeCall[] = [];
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });

  const check = (state: StateOf<Contract>) => contract.state.parse(state) as StateOf<Contract>;
  let current: Revised<StateOf<Contract>> = { revision: 1, state: check(firstState) };
  const send = async (revised: Revised<StateOf<Contract>>) => {
    await page.evaluate((sent) => (window as unknown as PageSide).doublePush?.(sent), revised as unknown);
  };

  const double: WindowDouble<Contract> = {
    page,
    state: () => current.state,
    push: async (state) => {
      current = { revision: current.revision + 1, state: check(state) };
      await send(current);
    },
    pushWithRevision: send,
    made,
    inputsOf: <Name extends CallName<Contract>>(name: Name) =>
      made.filter((call) => call.name === name).map(({ input }) => input as InputOf<Contract, Name>),
    faults,
    close: () => context.close(),
  };
  const handlers: Readonly<Record<string, (input: never) => Promise<unknown>>> = makeHandlers(double);

  // Only the first state is drawn: a later answer is for a page that was loaded again.
  await page.exposeFunction('doubleState', () =>
    drawn !== undefined && current.revision === 1 ? { ...current, drawn } : current,
  );
  await page.exposeFunction('doubleCall', async (name: string, input: unknown) => {
    const call = contract.calls[name];
    const handler = handlers[name];
    if (call === undefined || handler === undefined) throw new Error(`double: ${name}: no such call`);
    const parsed = call.input.safeParse(input);
    if (!parsed.success) {
      faults.push(`input: ${name}: ${parsed.error.message}`);
      throw new Error(`double: ${name}: refused`);
    }
    made.push({ name, input: parsed.data });
    return call.output.parse(await handler(parsed.data as never));
  });
  await prepare?.(page);
  await page.addInitScript(installDouble, Object.keys(contract.calls));
  await page.goto(pages.urlOf(contract.window));
  await page.locator('h1').waitFor();
  return double;
}
