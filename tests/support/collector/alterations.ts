/** What an attacker with write access changes in a database: which columns are evidence, and made-up changes of them. */
import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Why a column is no evidence, where it is none. Every other column of these tables is. */
export const notEvidence: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  agents: {
    machine_id: 'what the agent says of its PC, and says again when it enrols again',
    hostname: 'the same',
    os: 'the same',
    agent_version: 'the same',
    account_name: 'the account in words; its key is evidence',
    account_domain: 'the same',
    label: 'a technician’s note',
    last_seen_at: 'when the agent last reported',
    has_jumped: 'spares a question to the database',
    history_sha256: 'follows from the newest event, and shows in the next',
    erased_at: 'tells the agent to forget; the log says what was erased',
  },
  audit: { day: 'keeps an agent from filling the table' },
  sequence_gaps: { noticed_at: 'when the gap was noticed' },
  events: {},
  acknowledgements: {},
  countersignatures: {},
  latest_acceptances: {},
  published_texts: {},
  media_register: {},
  media_requests: { position: 'the order of the list of requests' },
  log_salts: {},
  log_records: {},
  log_days: {},
  log_leaves: {},
  log_tiles: {},
  log_head: { head_id: 'finds the one row' },
};
export function otherValue(value: unknown): string | number | Uint8Array {
  if (typeof value === 'number') return value + 1000;
  if (value instanceof Uint8Array) {
    const changed = Uint8Array.from(value);
    changed[0] = (changed[0] ?? 0) ^ 1;
    return changed;
  }
  return value === null ? '2020-01-01T00:00:00.000Z' : `${String(value)}x`;
}

type Value = string | number | bigint | Uint8Array | null;

interface Cell {
  readonly table: string;
  readonly rowid: number;
  readonly column: string;
}

/** The same numbers for one seed in every run. */
export function makeChooser(seed: string): (below: number) => number {
  let counter = 0;
  return (below) => {
    counter += 1;
    return createHash('sha256').update(`${seed} ${counter}`).digest().readUInt32BE() % below;
  };
}

/** Every value of the database that is evidence. */
export function cellsOf(database: DatabaseSync): readonly Cell[] {
  return Object.entries(notEvidence).flatMap(([table, exempt]) => {
    const columns = database
      .prepare(`pragma table_info(${table})`)
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !(name in exempt));
    const rowids = database.prepare(`select rowid as id from ${table}`).all();
    return rowids.flatMap(({ id }) => columns.map((column) => ({ table, rowid: Number(id), column })));
  });
}

/** Known limit: no record in the log says which account an agent is bound to that has acknowledged nothing. */
export function withoutUnboundAgents(database: DatabaseSync, cells: readonly Cell[]): readonly Cell[] {
  return cells.filter((cell) => {
    const isBinding = cell.table === 'agents' && cell.column === 'account_key';
    return !isBinding || readCell(database, cell) !== null;
  });
}

/** One character or byte is another one. */
function flip(value: Value, choose: (below: number) => number): SQLInputValue {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) + 1 + choose(1000);
  if (value === null || value.length === 0) return 'x';
  const place = choose(value.length);
  if (value instanceof Uint8Array) {
    return Uint8Array.from(value, (byte, at) => (at === place ? byte ^ (1 << choose(8)) : byte));
  }
  const code = value.charCodeAt(place);
  const changed = String.fromCharCode(code === 0x78 ? 0x79 : 0x78);
  return `${value.slice(0, place)}${changed}${value.slice(place + 1)}`;
}

function readCell(database: DatabaseSync, { table, rowid, column }: Cell): Value {
  const row = database.prepare(`select ${column} as value from ${table} where rowid = ?`).get(rowid);
  return (row?.['value'] ?? null) as Value;
}

function writeCell(database: DatabaseSync, { table, rowid, column }: Cell, value: SQLInputValue): boolean {
  try {
    database.prepare(`update ${table} set ${column} = ? where rowid = ?`).run(value, rowid);
    return true;
  } catch (error) {
    // The database itself refuses a second row of one key, or a null.
    if (String(error).includes('constraint failed')) return false;
    throw error;
  }
}

/**
 * Makes one alteration: a changed value, a value taken from another row, or a deleted row. Returns what it did; undefined
 * where the database refused it, or where it changed nothing.
 */
export function alter(
  database: DatabaseSync,
  cells: readonly Cell[],
  choose: (below: number) => number,
): string | undefined {
  const cell = cells[choose(cells.length)];
  if (cell === undefined) return undefined;
  const { table, rowid, column } = cell;
  const name = `${table}.${column} of row ${rowid}`;
  const how = choose(10);
  if (how === 0) {
    database.exec(`delete from ${table} where rowid = ${rowid}`);
    return `${name}: its row deleted`;
  }
  const old = readCell(database, cell);
  const others = cells.filter((one) => one.table === table && one.column === column);
  const source = how < 3 ? others[choose(others.length)] : undefined;
  const value = source === undefined ? flip(old, choose) : readCell(database, source);
  if (
    value === old ||
    (value instanceof Uint8Array && Buffer.from(value).equals(Buffer.from(old as Uint8Array)))
  ) {
    return undefined;
  }
  return writeCell(database, cell, value)
    ? `${name}: ${String(old).slice(0, 40)} to ${String(value).slice(0, 40)}`
    : undefined;
}
