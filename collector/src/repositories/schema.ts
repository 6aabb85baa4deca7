/** The collector's tables as the query builder sees them. */
import type { Generated } from 'kysely';

interface SettingsTable {
  name: string;
  value: string;
}

interface EnrolmentTokensTable {
  /** Short name by which a token is listed and revoked; the token itself is never kept. */
  token_id: string;
  token_sha256: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  /** How many enrolments used it. */
  uses: number;
}

interface AgentsTable {
  agent_id: string;
  /** The `x` of its Ed25519 JSON Web Key. */
  public_key: string;
  /** Thumbprint of that key, by which evidence names it. */
  key_id: string | null;
  machine_id: string;
  hostname: string;
  os: string;
  agent_version: string;
  enrolled_at: string;
  last_seen_at: string;
  /** Highest event sequence that was stored; 0 before the first event. */
  highest_sequence: number;
}

interface AgentTokensTable {
  token_sha256: string;
  agent_id: string;
  created_at: string;
  /** Set when a newer token replaced this one. */
  expires_at: string | null;
}

interface EventsTable {
  /** Order of arrival. */
  position: Generated<number>;
  event_id: string;
  agent_id: string;
  sequence: number;
  type: string;
  occurred_at: string;
  received_at: string;
  /** The event exactly as the agent wrote it. */
  raw: string;
}

interface AcknowledgementsTable {
  /** Order of arrival among acknowledgements. */
  position: Generated<number>;
  event_id: string;
  account_key: string;
  account_name: string;
  account_domain: string;
  full_name: string;
  job_role: string;
  hostname: string;
  action: string;
  policy_id: string;
  policy_version: string;
  /** The version with every part padded, so that text order is version order. */
  version_order: string;
  text_sha256: string;
  language: string;
  decided_at: string;
}

/** A `ChainRecord` and its hash. */
interface EvidenceChainTable {
  place: number;
  event_id: string;
  event_sha256: string;
  agent_id: string;
  received_at: string;
  chained_at: string;
  evidence: string;
  key_id: string;
  previous_sha256: string;
  record_sha256: string;
}

/** One row, which says where the chain ends; whoever appends takes it first. */
interface EvidenceHeadTable {
  head_id: number;
  place: number;
  record_sha256: string;
}

interface SequenceGapsTable {
  agent_id: string;
  first_sequence: number;
  last_sequence: number;
  noticed_at: string;
}

interface ConsoleCodesTable {
  code_sha256: string;
  expires_at: string;
}

interface ConsoleSessionsTable {
  session_sha256: string;
  expires_at: string;
}

interface MediaRegisterTable {
  entry_id: string;
  vendor_id: string;
  product_id: string;
  /** As it was entered; null approves the whole model. */
  serial: string | null;
  /** The serial in the form in which serials are compared. */
  serial_key: string | null;
  label: string;
  issued_to: string;
  issued_at: string | null;
  returned_at: string | null;
  expires_at: string | null;
  created_at: string;
}

interface MediaRequestsTable {
  /** Order of arrival among requests. */
  position: Generated<number>;
  event_id: string;
  vendor_id: string;
  product_id: string;
  serial: string;
  device_name: string;
  size_bytes: number;
  encryption: string;
  reason: string;
  /** `domain\name`, as a technician knows it. */
  account: string;
  /** The name under which the person's PCs ask for the answer. */
  account_key: string;
  hostname: string;
  requested_at: string;
  /** `open`, `approved` or `refused`. */
  decision: string;
  decided_at: string | null;
  /** Who answered; empty where that was not said. */
  decided_by: string;
  /** Why, for the person who asked; may be empty. */
  decision_reason: string;
}

export interface Tables {
  settings: SettingsTable;
  enrolment_tokens: EnrolmentTokensTable;
  agents: AgentsTable;
  agent_tokens: AgentTokensTable;
  events: EventsTable;
  acknowledgements: AcknowledgementsTable;
  evidence_chain: EvidenceChainTable;
  evidence_head: EvidenceHeadTable;
  sequence_gaps: SequenceGapsTable;
  media_register: MediaRegisterTable;
  media_requests: MediaRequestsTable;
  console_codes: ConsoleCodesTable;
  console_sessions: ConsoleSessionsTable;
}
