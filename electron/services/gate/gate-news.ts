/**
 * Reads the facts that decide the gate: at the start, and again when policies or records change. Asks the collector
 * too, because it may know of an acceptance on another PC.
 */
import type { GateOpening } from '../../../shared/wire/events.ts';
import {
  type DuePolicy,
  evaluate,
  evaluateAtStart,
  type GateFacts,
  type PolicyRecord,
} from '../../domain/gate/evaluate.ts';
import type { GateEvent, GateState } from '../../domain/gate/gate-machine.ts';
import { askCollectorMs, type GatePorts } from './gate-ports.ts';

/** Ways of opening that a new policy may undo. The others came from a technician, a setting or a broken agent. */
const mayShutFrom: ReadonlySet<GateOpening> = new Set(['receipt', 'known-to-collector', 'no-policy']);

export interface GateNews {
  /** Resolves when the gate is open or on the screen. */
  readAndDecide(): Promise<void>;
  /**
   * Reads the facts again, because policies or records have changed. An open gate shuts again only with `mayShut`: for
   * a policy that was published before the login, or one that the school applies at once.
   */
  reconsider(mayShut: boolean): Promise<void>;
  /** Reads the news that came during an answer. Does nothing during an answer, or without news. */
  reconsiderWaiting(): Promise<void>;
  /**
   * Policies that were published since an acceptance opened the gate; empty while the gate is shut, or open for another
   * reason. A renewal that has fallen due is not among them: it waits for the next login.
   */
  newlyDue(): Promise<readonly DuePolicy[]>;
  /** Facts that are read again meanwhile must not ask for this policy a second time. */
  noteReceipt(receipt: PolicyRecord): void;
  /** The policies that apply to this person, by the facts last read. */
  policies(): readonly DuePolicy[];
}

interface Options {
  readonly ports: Pick<GatePorts, 'clock' | 'readFacts' | 'askCollector' | 'showWindows'>;
  readonly state: () => GateState;
  readonly dispatch: (event: GateEvent) => Promise<void>;
  readonly isStopped: () => boolean;
  /** The facts could not be read; the caller reads them again after a while. */
  readonly onUnreadable: () => void;
  /** An open gate is about to shut again. */
  readonly onShutAgain: () => void;
}

export function createGateNews({ ports, state, dispatch, ...options }: Options): GateNews {
  let lastFacts: GateFacts | undefined;
  /** The collector's last answer about the person. It also covers policies that come later. */
  let lastKnown: readonly PolicyRecord[] = [];
  /** News that came during an answer. */
  let waiting: { readonly mayShut: boolean } | undefined;

  const askCollector = async (): Promise<readonly PolicyRecord[] | undefined> => {
    const known = await ports.askCollector();
    lastKnown = known ?? lastKnown;
    return known;
  };

  const readAndDecide = async (): Promise<void> => {
    const facts = await ports.readFacts();
    if (options.isStopped() || state().phase === 'open') return;
    if (!facts.ok) {
      ports.showWindows();
      await dispatch({ kind: 'facts-unreadable', ...facts.error });
      options.onUnreadable();
      return;
    }
    lastFacts = facts.value;
    if (evaluateAtStart(facts.value).kind === 'nothing-due') {
      await dispatch({ kind: 'facts-read', facts: facts.value, mayShut: false });
      return;
    }
    // The person may have to answer: cover the desktop first, then ask the collector.
    ports.showWindows();
    await askCollectorThenDecide();
  };

  const askCollectorThenDecide = async (): Promise<void> => {
    let stopDeadline = () => {};
    const deadline = new Promise<'too-late'>((resolve) => {
      stopDeadline = ports.clock.setTimer(askCollectorMs, () => resolve('too-late'));
    });
    const answer = askCollector();
    const first = await Promise.race([answer, deadline]);
    stopDeadline();
    await decide();
    if (first !== 'too-late') return;
    // A late answer still spares the person the question, unless they have answered: the machine checks that.
    void answer.then((late) => (late === undefined || late.length === 0 ? undefined : decide()));
  };

  /** Decides by the newest facts, even if the collector was asked with older ones. */
  const decide = async (): Promise<void> => {
    if (lastFacts === undefined) return;
    if (isAnswerUnderWay(state())) {
      waiting ??= { mayShut: false };
      return;
    }
    await dispatch({ kind: 'facts-read', facts: { ...lastFacts, known: lastKnown }, mayShut: false });
  };

  const reconsider = async (mayShut: boolean): Promise<void> => {
    const { phase } = state();
    if (phase === 'open' && !mayShut) return;
    if (isAnswerUnderWay(state())) {
      waiting = { mayShut: mayShut || waiting?.mayShut === true };
      return;
    }
    if (phase === 'checking' || phase === 'blocked') return readAndDecide();
    const facts = await ports.readFacts();
    if (options.isStopped() || !facts.ok) return;
    if (state().phase === 'open') await shutWhereDue(facts.value);
    else await takeNewFacts(facts.value, mayShut);
  };

  const takeNewFacts = async (facts: GateFacts, mayShut: boolean): Promise<void> => {
    if (isAnswerUnderWay(state())) {
      waiting = { mayShut };
      return;
    }
    lastFacts = facts;
    await decide();
    // The new text is on the screen. It goes as soon as the collector knows of an acceptance elsewhere.
    const known = await askCollector();
    if (known !== undefined && known.length > 0) await decide();
  };

  const shutWhereDue = async (facts: GateFacts): Promise<void> => {
    if (!mayNewPolicyShut(state()) || evaluate(facts).kind === 'nothing-due') return;
    // The person may have accepted the new text on another PC: ask before the gate covers anything.
    const known = (await askCollector()) ?? lastKnown;
    if (options.isStopped() || state().phase !== 'open') return;
    const withKnown = { ...facts, known };
    if (evaluate(withKnown).kind === 'nothing-due') return;
    lastFacts = withKnown;
    options.onShutAgain();
    ports.showWindows();
    await dispatch({ kind: 'facts-read', facts: withKnown, mayShut: true });
  };

  return {
    readAndDecide,
    reconsider,
    reconsiderWaiting: async () => {
      if (waiting === undefined || isAnswerUnderWay(state())) return;
      const { mayShut } = waiting;
      waiting = undefined;
      await reconsider(mayShut);
    },
    newlyDue: async () => {
      if (!mayNewPolicyShut(state())) return [];
      const read = await ports.readFacts();
      // Facts that cannot be read change nothing: the gate was opened in order.
      if (!read.ok || evaluate(read.value).kind !== 'due') return [];
      // The person may have accepted it on another PC in the meantime.
      const answer = evaluate({ ...read.value, known: (await askCollector()) ?? lastKnown });
      return answer.kind === 'due'
        ? answer.due.filter(({ reason }) => reason === 'first' || reason === 'material')
        : [];
    },
    noteReceipt: (receipt) => {
      if (lastFacts === undefined) return;
      lastFacts = { ...lastFacts, receipts: [...lastFacts.receipts, receipt] };
    },
    policies: () => lastFacts?.packs.map((pack) => ({ pack, reason: 'first' })) ?? [],
  };
}

/** The machine takes no facts during an answer; the gate reads them when the answer is over. */
function isAnswerUnderWay({ phase }: GateState): boolean {
  return phase === 'recording' || phase === 'confirmed' || phase === 'declining' || phase === 'leaving';
}

function mayNewPolicyShut(state: GateState): boolean {
  return state.phase === 'open' && mayShutFrom.has(state.how);
}
