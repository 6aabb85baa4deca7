/** How a window and the main process talk: one contract value per window, from which all types are derived. */
import type { z } from 'zod';

interface CallContract {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

export interface WindowContract {
  readonly window: string;
  /** Everything that the window shows. It is sent once on request, then pushed with a rising revision. */
  readonly state: z.ZodType;
  readonly calls: Readonly<Record<string, CallContract>>;
}

export function defineWindow<const Contract extends WindowContract>(contract: Contract): Contract {
  return contract;
}

export type StateOf<Contract extends WindowContract> = z.output<Contract['state']>;
export type CallName<Contract extends WindowContract> = Extract<keyof Contract['calls'], string>;
export type InputOf<Contract extends WindowContract, Name extends CallName<Contract>> = z.output<
  Contract['calls'][Name]['input']
>;
export type OutputOf<Contract extends WindowContract, Name extends CallName<Contract>> = z.output<
  Contract['calls'][Name]['output']
>;

/** In CSS pixels. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** What a page shows for a state, as HTML, drawn for a page of this size. */
export interface DrawnScreen {
  readonly html: string;
  readonly pageSize: PageSize;
}

export interface Revised<State> {
  /** Rises by at least one with every change; the page drops a lower revision that arrives late. */
  readonly revision: number;
  readonly state: State;
  /** This very state, drawn. Only in the answer to a page's question, and only where the main process can draw it. */
  readonly drawn?: DrawnScreen;
}

/** The calls that the main process must answer for a window: a missing handler does not compile. */
export type HandlersOf<Contract extends WindowContract> = {
  readonly [Name in CallName<Contract>]: (
    input: InputOf<Contract, Name>,
  ) => Promise<OutputOf<Contract, Name>>;
};

/** The object that the preload script puts on `window.porthor`. */
export type BridgeOf<Contract extends WindowContract> = {
  readonly getState: () => Promise<Revised<StateOf<Contract>>>;
  /** Returns the function that ends the subscription. */
  readonly onState: (listener: (revised: Revised<StateOf<Contract>>) => void) => () => void;
  readonly calls: {
    readonly [Name in CallName<Contract>]: (
      input: InputOf<Contract, Name>,
    ) => Promise<OutputOf<Contract, Name>>;
  };
};

export const channels = {
  getState: (window: string) => `porthor:${window}:get-state`,
  state: (window: string) => `porthor:${window}:state`,
  call: (window: string, name: string) => `porthor:${window}:call:${name}`,
} as const;
