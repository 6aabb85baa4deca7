/** The only place where main talks to windows: it checks the sender, the input, the output and the state. */
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { ipcMain } from 'electron';
import type {
  CallName,
  DrawnScreen,
  InputOf,
  OutputOf,
  Revised,
  StateOf,
  WindowContract,
} from '../../shared/ipc/contract.ts';
import { channels } from '../../shared/ipc/contract.ts';
import { describeError } from '../platform/describe-error.ts';

export interface Refusal {
  readonly window: string;
  readonly channel: string;
  readonly reason: string;
}

/** A handler also gets the calling window, for instance to know which display the user touched. */
type HandlersFor<Contract extends WindowContract> = {
  readonly [Name in CallName<Contract>]: (
    input: InputOf<Contract, Name>,
    sender: WebContents,
  ) => Promise<OutputOf<Contract, Name>>;
};

interface Registration<Contract extends WindowContract> {
  readonly contract: Contract;
  readonly initialState: StateOf<Contract>;
  readonly handlers: HandlersFor<Contract>;
  /** The open windows of this kind. Only these are answered. */
  readonly windows: () => readonly WebContents[];
  /** The address that the main frame of such a window shows. */
  readonly pageUrl: string;
  readonly onRefused: (refusal: Refusal) => void;
  /** Resolves when the state is worth an answer: a page that is answered earlier would show two states in a row. */
  readonly mayAnswer?: () => Promise<void>;
  /** Draws a state for a page that asks for it, so that the page shows something before its own code runs. */
  readonly draw?: (state: StateOf<Contract>, page: WebContents) => DrawnScreen | undefined;
}

export interface WindowChannel<Contract extends WindowContract> {
  /**
   * Sends the whole state to every open window of this kind, under the next revision. A state that does not fit the
   * contract is refused and reported, and the windows keep the last one. Never throws.
   */
  push(state: StateOf<Contract>): void;
  dispose(): void;
}

/** Thrown to the window in place of an answer. The text gives no detail of the agent's inside. */
class CallRefused extends Error {}

/** The function that answers for a window's state, by channel. */
const stateAnswers = new Map<string, (event: IpcMainInvokeEvent) => Promise<unknown>>();
/** Channels that `expectWindow` has opened. */
const expectedChannels = new Set<string>();

/**
 * Takes questions for a window's state before the window is registered: the page of a prewarmed window asks as soon as it
 * runs. The answer comes after the same checks, when `mayAnswer` has resolved.
 */
export function expectWindow(window: string, mayAnswer: Promise<void>): void {
  const channel = channels.getState(window);
  expectedChannels.add(channel);
  ipcMain.handle(channel, async (event) => {
    await mayAnswer;
    const answer = stateAnswers.get(channel);
    if (answer === undefined) throw new CallRefused('The window is not registered.');
    return answer(event);
  });
}

export function registerWindow<Contract extends WindowContract>(
  registration: Registration<Contract>,
): WindowChannel<Contract> {
  const { contract, handlers, windows, pageUrl, onRefused } = registration;

  const refuse = (channel: string, reason: string): never => {
    onRefused({ window: contract.window, channel, reason });
    throw new CallRefused('This call was refused.');
  };
  const checkSender = (event: IpcMainInvokeEvent, channel: string) => {
    // The window was open when it asked, and needs no answer now: no intruder, and nothing to report.
    if (event.sender.isDestroyed()) throw new CallRefused('The window is gone.');
    if (!windows().includes(event.sender)) refuse(channel, 'sender is not an open window of this kind');
    const frame = event.senderFrame;
    if (frame === null || frame !== event.sender.mainFrame) refuse(channel, 'sender is not the main frame');
    if (frame?.url !== pageUrl) refuse(channel, 'sender shows another address');
  };

  const stateChannel = channels.getState(contract.window);
  const current = checkState(contract, registration.initialState, (reason) =>
    onRefused({ window: contract.window, channel: stateChannel, reason }),
  );
  const answerState = async (event: IpcMainInvokeEvent) => {
    checkSender(event, stateChannel);
    await registration.mayAnswer?.();
    const revised = current.read();
    if (revised === undefined) throw new CallRefused('There is no state to show.');
    const drawn = registration.draw?.(revised.state, event.sender);
    return drawn === undefined ? revised : { ...revised, drawn };
  };
  stateAnswers.set(stateChannel, answerState);
  if (!expectedChannels.delete(stateChannel)) ipcMain.handle(stateChannel, answerState);

  const callNames = Object.keys(contract.calls) as CallName<Contract>[];
  for (const name of callNames) {
    const channel = channels.call(contract.window, name);
    ipcMain.handle(channel, async (event, rawInput: unknown) => {
      checkSender(event, channel);
      const input = contract.calls[name]?.input.safeParse(rawInput);
      if (!input?.success) return refuse(channel, 'input does not fit the contract');
      const answer: OutputOf<Contract, typeof name> = await handlers[name](
        input.data as InputOf<Contract, typeof name>,
        event.sender,
      ).catch((error: unknown) => refuse(channel, `the call failed: ${describeError(error)}`));
      const output = contract.calls[name]?.output.safeParse(answer);
      return output?.success ? output.data : refuse(channel, 'output does not fit the contract');
    });
  }

  return {
    push: (state) => {
      current.replace(state);
      for (const webContents of windows()) {
        if (webContents.isDestroyed() || webContents.isCrashed()) continue;
        const revised = current.read();
        // A refused state leaves the page with what it shows.
        if (revised?.revision !== current.revision()) return;
        webContents.send(channels.state(contract.window), revised);
      }
    },
    dispose: () => {
      stateAnswers.delete(stateChannel);
      ipcMain.removeHandler(stateChannel);
      for (const name of callNames) ipcMain.removeHandler(channels.call(contract.window, name));
    },
  };
}

interface CheckedState<State> {
  /** The next revision; checked when it is read. */
  replace(state: State): void;
  revision(): number;
  /** The newest state that fits the contract; undefined where none has. */
  read(): Revised<State> | undefined;
}

/** Checks a state when a window gets it, and each at most once: most states change while no window is open. */
function checkState<Contract extends WindowContract>(
  { state: schema }: Contract,
  initialState: StateOf<Contract>,
  refuse: (reason: string) => void,
): CheckedState<StateOf<Contract>> {
  let newest: Revised<StateOf<Contract>> = { revision: 1, state: initialState };
  let checkedRevision = 0;
  let fitting: Revised<StateOf<Contract>> | undefined;
  let lastReason = '';
  const check = () => {
    checkedRevision = newest.revision;
    const parsed = schema.safeParse(newest.state);
    if (parsed.success) {
      fitting = { revision: newest.revision, state: parsed.data as StateOf<Contract> };
      lastReason = '';
      return;
    }
    // The place and the kind of the problem, and no value: a state holds names and what a person typed.
    const [issue] = parsed.error.issues;
    const reason = `state does not fit the contract: ${issue?.path.join('.') ?? ''}: ${issue?.code ?? ''}`;
    // A state that stays wrong is reported once, and not at each refresh.
    if (reason !== lastReason) refuse(reason);
    lastReason = reason;
  };
  return {
    replace: (state) => {
      newest = { revision: newest.revision + 1, state };
    },
    revision: () => newest.revision,
    read: () => {
      if (checkedRevision !== newest.revision) check();
      return fitting;
    },
  };
}
