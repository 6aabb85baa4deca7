/** The collector's tables, as the query builder types them. */
import type { Generated } from 'kysely';

interface SettingsTable {
  name: string;
  value: string;
}

interface SchoolsTable {
  school_id: string;
  name: string;
  created_at: string;
}

interface EnrolmentTokensTable {
  school_id: string;
  /** Short name by which a token is listed and revoked; the token itself is never kept. */
  token_id: string;
  token_sha256: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  /** Number of enrolments that used it. */
  uses: number;
  /** Null for no limit. */
  max_uses: number | null;
  /** 1: a PC that the school has not seen before waits for a technician. */
  needs_approval: number;
}

interface AgentsTable {
  school_id: string;
  agent_id: string;
  /** The `x` of its Ed25519 JSON Web Key. */
  public_key: string;
  /** Thumbprint of that key, by which evidence names it. */
  key_id: string | null;
  /** The one account for which this agent reports and asks. Null for an agent that has not named it yet. */
  account_key: string | null;
  account_name: string;
  account_domain: string;
  /** A technician's name for the PC; empty for none. */
  label: string;
  /** `active`, `waiting` for approval, or `expelled`. */
  state: string;
  machine_id: string;
  hostname: string;
  os: string;
  agent_version: string;
  enrolled_at: string;
  last_seen_at: string;
  /** Highest event sequence, without those after a jump; 0 before the first event. */
  highest_sequence: number;
  /** 1 after a jump of the sequence: then numbers above the highest one may be taken. */
  has_jumped: number;
  /** Hash of the event with the highest sequence; empty where it is not known. */
  history_sha256: string;
  /** When its account was erased: the agent forgets what it keeps from before. */
  erased_at: string | null;
}

interface AgentTokensTable {
  token_sha256: string;
  agent_id: string;
  created_at: string;
  /** Set when a newer token replaced this one. */
  expires_at: string | null;
}

interface EventsTable {
  school_id: string;
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
  /** Why the data of a known type could not be read; null for a readable event. */
  unreadable: string | null;
  /** 0 for the first event with this sequence number of this agent, then 1, 2 and so on. */
  fork: number;
  /** What is odd about the event, separated by spaces; empty for nothing. */
  marks: string;
  /** 16 random bytes in hex, for an event without a leaf of its own. */
  salt: string | null;
}

interface AcknowledgementsTable {
  school_id: string;
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
  /** Verdict on the signature at arrival. */
  evidence: string;
  /** `counts`, or the reason why its account is asked again. */
  standing: string;
  /** Name and account without case and accents; sorts and finds. */
  search_text: string;
  /** The countersignature that stands; null for none. */
  countersignature_id: string | null;
}

/** Rows are never deleted: a withdrawal fills the last four columns. */
interface CountersignaturesTable {
  countersignature_id: string;
  school_id: string;
  /** The acknowledgement. */
  event_id: string;
  account_id: string;
  /** Name of the signatory at that time. */
  signatory: string;
  signed_at: string;
  /** Hash of the acknowledgement's leaf, which the signature covers. */
  leaf_sha256: string;
  /** A signed note by the key of the log. */
  signature: string;
  /** Null while it stands. */
  withdrawn_at: string | null;
  /** An account. */
  withdrawn_by: string | null;
  withdrawn_name: string | null;
  withdrawal_reason: string | null;
}

interface ConsoleWindowsAccountsTable {
  account_id: string;
  /** The form in which they are compared. */
  windows_key: string;
  windows_account: string;
  added_at: string;
}

interface PublishedTextsTable {
  school_id: string;
  policy_id: string;
  policy_version: string;
  text_sha256: string;
  published_at: string;
}

/** Of each policy that an account has accepted: the newest version, and of this version the latest acceptance. */
interface LatestAcceptancesTable {
  school_id: string;
  account_key: string;
  policy_id: string;
  event_id: string;
  policy_version: string;
  version_order: string;
  text_sha256: string;
  language: string;
  decided_at: string;
}

interface AuditTable {
  position: Generated<number>;
  school_id: string;
  noted_at: string;
  day: string;
  actor: string;
  act: string;
  subject: string;
  detail: string;
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

/** One row: the end of the chain. A transaction that appends locks it first. */
interface EvidenceHeadTable {
  head_id: number;
  place: number;
  record_sha256: string;
}

/** Leaves that wait to be taken into the log. */
interface LogPendingTable {
  position: Generated<number>;
  event_id: string;
  entry: string;
}

interface LogSaltsTable {
  event_id: string;
  /** 32 random bytes in hex. */
  salt: string;
  /** `arrivalText` of an acknowledgement; null for any other record, and for a leaf of version 1. */
  arrival: string | null;
}

/** What is evidence and no event. */
interface LogRecordsTable {
  record_id: string;
  kind: string;
  school_id: string;
  raw: string;
}

/** The days on which a school's agents sent events without a leaf of their own. */
interface LogDaysTable {
  school_id: string;
  day: string;
  /** Null until the day has its leaf. */
  record_id: string | null;
  /** Lines of the day's tree, packed. */
  members: Uint8Array | null;
}

interface LogLeavesTable {
  /** From 0, without gaps. */
  leaf_index: number;
  event_id: string;
  /** Exactly the bytes that the log hashes. */
  entry: string;
}

interface LogTilesTable {
  level: number;
  tile_index: number;
  hashes: Uint8Array;
}

/** One row. A transaction that appends to the log locks it first. */
interface LogHeadTable {
  head_id: number;
  size: number;
  /** The public half of the key that signs; empty until the first checkpoint. */
  verifier_key: string;
  checkpoint: string;
}

/** How long a school keeps a kind of event. Without a row it keeps them. */
interface RetentionTable {
  school_id: string;
  kind: string;
  days: number;
  /** The newest day that was gone through; null before the first. */
  purged_through: string | null;
}

interface SequenceGapsTable {
  agent_id: string;
  first_sequence: number;
  last_sequence: number;
  noticed_at: string;
}

interface ConsoleCodesTable {
  school_id: string;
  code_sha256: string;
  expires_at: string;
  /** The account whose password the code sets; null for a code that lets a technician in. */
  account_id: string | null;
}

interface ConsoleAccountsTable {
  account_id: string;
  school_id: string;
  name: string;
  sign_in_name: string;
  /** The form in which sign-in names are compared. */
  sign_in_key: string;
  /** Separated by spaces. */
  roles: string;
  /** Null until the person has chosen a password. */
  password_hash: string | null;
  created_at: string;
  disabled_at: string | null;
  last_sign_in_at: string | null;
  /** When it was said which Windows accounts are this person's; null: not yet. */
  windows_accounts_named_at: string | null;
}

interface ConsoleSessionsTable {
  session_id: string;
  session_sha256: string;
  school_id: string;
  /** Null for a technician whom a link of the collector's computer let in. */
  account_id: string | null;
  browser: string;
  started_at: string;
  last_used_at: string;
  expires_at: string;
}

interface MediaRegisterTable {
  school_id: string;
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
  /** 1: it did not come back. */
  lost: number;
  expires_at: string | null;
  created_at: string;
}

interface OfflineCodesTable {
  agent_id: string;
  slot: number;
  school_id: string;
  device_number: string;
  expires_at: string;
  reason: string;
  issued_by: string;
  issued_at: string;
}

interface MediaRequestsTable {
  school_id: string;
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
  /** Name of the person who answered; may be empty. */
  decided_by: string;
  /** Reason, for the user who asked; may be empty. */
  decision_reason: string;
}

interface RosterPeopleTable {
  school_id: string;
  person_id: string;
  /** What the school's own list calls the person. */
  external_id: string;
  full_name: string;
  audience: string;
  job_role: string;
  email: string;
  login: string;
  /** Windows security identifier; empty where it is not known. */
  sid: string;
  /** Names without domain, as they are compared; empty for none. */
  email_key: string;
  login_key: string;
  search_text: string;
  added_at: string;
  /** When the person was no longer in the list. */
  left_at: string | null;
}

/** Accounts that have answered. */
interface KnownAccountsTable {
  school_id: string;
  account_key: string;
  account_name: string;
  account_domain: string;
  /** As it was typed in the first answer. */
  full_name: string;
  upn: string;
  /** As the PC named it at the newest answer. */
  audience: string;
  name_key: string;
  upn_key: string;
  /** Null while the account belongs to no person of the roster. */
  person_id: string | null;
  /**
   * By what the two were matched: `sid`, `name`, `email`, `hand`; `none` where a user said that there is no such
   * person, `open` where a user still has to decide; empty before the first match.
   */
  matched_by: string;
}

export interface Tables {
  settings: SettingsTable;
  schools: SchoolsTable;
  enrolment_tokens: EnrolmentTokensTable;
  agents: AgentsTable;
  agent_tokens: AgentTokensTable;
  events: EventsTable;
  acknowledgements: AcknowledgementsTable;
  published_texts: PublishedTextsTable;
  latest_acceptances: LatestAcceptancesTable;
  audit: AuditTable;
  evidence_chain: EvidenceChainTable;
  evidence_head: EvidenceHeadTable;
  log_pending: LogPendingTable;
  log_salts: LogSaltsTable;
  log_records: LogRecordsTable;
  log_days: LogDaysTable;
  log_leaves: LogLeavesTable;
  log_tiles: LogTilesTable;
  log_head: LogHeadTable;
  retention: RetentionTable;
  sequence_gaps: SequenceGapsTable;
  media_register: MediaRegisterTable;
  media_requests: MediaRequestsTable;
  offline_codes: OfflineCodesTable;
  console_accounts: ConsoleAccountsTable;
  roster_people: RosterPeopleTable;
  known_accounts: KnownAccountsTable;
  console_codes: ConsoleCodesTable;
  console_sessions: ConsoleSessionsTable;
  console_windows_accounts: ConsoleWindowsAccountsTable;
  countersignatures: CountersignaturesTable;
}
