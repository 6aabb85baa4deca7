/** What the gate needs from the rest of the agent. */
import type { Language } from '../../../shared/lib/language.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Draft, Submission } from '../../../shared/policy/answers.ts';
import type { BlockedReason } from '../../../shared/policy/asking.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import type { DuePolicy, GateFacts, PolicyRecord } from '../../domain/gate/evaluate.ts';
import type { GateSettings } from '../../domain/gate/gate-machine.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** How long a login waits for the collector before the policy is shown (product rule 5), in milliseconds. */
export const askCollectorMs = 1500;

export interface FactsProblem {
  readonly reason: BlockedReason;
  /** For the technician, in English. */
  readonly detail: string;
}

/** A declined policy or a request for help, as the agent records it. */
interface Answer {
  readonly action: 'declined' | 'help-requested';
  readonly language: Language;
  /** When the text was first on the screen, ISO UTC. */
  readonly openedAt: string;
  readonly draft: Draft;
}

export interface GatePorts {
  readonly clock: Clock;
  /** Reads what this PC knows: the configuration, packs for the person's audience, receipts. `known` is empty. */
  readFacts(): Promise<Result<GateFacts, FactsProblem>>;
  /** What the collector knows about the person; undefined when it did not answer. Never rejects. */
  askCollector(): Promise<readonly PolicyRecord[] | undefined>;
  /**
   * Succeeds only when the acknowledgement and its receipt are durably on disk.
   * @param openedAt when the text was first on the screen, ISO UTC.
   */
  recordAcceptance(
    policy: DuePolicy,
    submission: Submission,
    openedAt: string,
  ): Promise<Result<PolicyRecord, string>>;
  recordAnswer(policy: DuePolicy, answer: Answer): Promise<Result<undefined, string>>;
  /** A request for help while no policy is on the screen. */
  reportProblem(text: string): Promise<Result<undefined, string>>;
  leave(how: 'sign-out' | 'lock'): Promise<Result<undefined, string>>;
  showWindows(): void;
  hideWindows(): void;
  setLanguage(language: Language): void;
  notePainted(screen: string): void;
  /** Compares a typed code with the school's. */
  isBreakGlassCode(code: string): boolean;
  onOpened(how: GateOpening, policies: readonly DuePolicy[]): void;
}

export interface GateOptions {
  readonly settings: GateSettings;
  readonly demonstration: boolean;
  readonly breakGlassAvailable: boolean;
  /** Fills in the placeholders of a policy's text: the school's name and its contact. */
  readonly fill?: (markdown: string, language: Language) => string;
}
