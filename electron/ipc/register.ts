/** The only place where main listens to windows: one function that checks who asks, what is asked and what is answered. */
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { ipcMain } from 'electron';
import type {
  CallName,
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

/** A handler may also ask which window called, for instance to learn which display somebody touched. */
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
  /** The open windows of this kind; nobody else is answered. */
  readonly windows: () => readonly WebContents[];
  /** The address that the main frame of such a window shows. */
  readonly pageUrl: string;
  readonly onRefused: (refusal: Refusal) => void;
}

export interface WindowChannel<Contract extends WindowContract> {
  /** Sends the whole state to every open window of this kind, under the next revision. */
  push(state: StateOf<Contract>): void;
  dispose(): void;
}

/** Thrown to the window in place of an answer; says nothing of the inside. */
class CallRefused extends Error {}

/** Who answers for a state, by channel. */
const stateAnswers = new Map<string, (event: IpcMainInvokeEvent) => unknown>();
/** Channels on which questions are taken already. */
const expectedChannels = new Set<string>();

/**
 * Takes questions for a window's state before the window is registered: the page of one that was started ahead asks as
 * soon as it runs. They are answered, after the same checks, once `mayAnswer` has resolved.
 */
export function expectWindow(window: string, mayAnswer: Promise<void>): void {
  const channel = channels.getState(window);
  expectedChannels.add(channel);
  ipcMain.handle(channel, async (event) => {
    await mayAnswer;
    const answer = stateAnswers.get(channel);
    if (answer === undefined) throw new CallRefused('There is nobody to answer.');
    return answer(event);
  });
}

export function registerWindow<Contract extends WindowContract>(
  registration: Registration<Contract>,
): WindowChannel<Contract> {
  const { contract, handlers, windows, pageUrl, onRefused } = registration;
  let revised: Revised<StateOf<Contract>> = { revision: 1, state: registration.initialState };

  const refuse = (channel: string, reason: string): never => {
    onRefused({ window: contract.window, channel, reason });
    throw new CallRefused('This call was refused.');
  };
  const checkSender = (event: IpcMainInvokeEvent, channel: string) => {
    // It was open when it asked, and waits for nothing any more: no intruder, and nothing to report.
    if (event.sender.isDestroyed()) throw new CallRefused('The window is gone.');
    if (!windows().includes(event.sender)) refuse(channel, 'sender is not an open window of this kind');
    const frame = event.senderFrame;
    if (frame === null || frame !== event.sender.mainFrame) refuse(channel, 'sender is not the main frame');
    if (frame?.url !== pageUrl) refuse(channel, 'sender shows another address');
  };

  const stateChannel = channels.getState(contract.window);
  const answerState = (event: IpcMainInvokeEvent) => {
    checkSender(event, stateChannel);
    return revised;
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
      revised = { revision: revised.revision + 1, state };
      for (const webContents of windows()) {
        if (!webContents.isDestroyed() && !webContents.isCrashed()) {
          webContents.send(channels.state(contract.window), revised);
        }
      }
    },
    dispose: () => {
      stateAnswers.delete(stateChannel);
      ipcMain.removeHandler(stateChannel);
      for (const name of callNames) ipcMain.removeHandler(channels.call(contract.window, name));
    },
  };
}
