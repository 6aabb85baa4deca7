/** The device register of one school for the console: pages, and the devices that PCs have seen. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { MediaEntry, registerQuerySchema, SeenDevice } from '../../../shared/console/media.ts';
import { normaliseSerial } from '../../../shared/device/serial-number.ts';
import { mediaSeenDataSchema } from '../../../shared/wire/media.ts';
import type { Storage } from '../storage/storage.ts';
import { cutPage, readCursor, writeCursor } from './cursor.ts';

/** The list of seen devices covers this many sightings, however long the school has reported. */
const newestSightings = 2000;

export interface MediaConsoleRepository {
  page(
    query: z.infer<typeof registerQuerySchema>,
    pageSize: number,
  ): Promise<{ readonly items: MediaEntry[]; readonly next?: string }>;
  seen(): Promise<readonly SeenDevice[]>;
}

/** A newer agent may write other members. */
const sightingSchema = z.object({
  data: z.object({
    device: z.object(mediaSeenDataSchema.shape.device.shape),
    encryption: mediaSeenDataSchema.shape.encryption,
    seenAt: z.string(),
    machine: z.object({ hostname: z.string() }),
  }),
});

const keyOf = (device: { vendorId: string; productId: string; serial: string }): string =>
  `${device.vendorId}:${device.productId}:${normaliseSerial(device.serial)}`;

export function createMediaConsoleRepository(
  { reader }: Storage,
  schoolId: string,
  now: () => Date,
): MediaConsoleRepository {
  return {
    async page({ search, state, cursor }, pageSize) {
      const after = readCursor(cursor);
      const wanted = (search ?? '').trim().toLowerCase();
      const pattern = `%${wanted.replace(/[%_!]/gu, (character) => `!${character}`)}%`;
      const rows = await reader
        .selectFrom('media_register')
        .selectAll()
        .where('school_id', '=', schoolId)
        .$if(state === 'current', (query) => query.where('returned_at', 'is', null))
        .$if(state === 'ended', (query) => query.where('returned_at', 'is not', null))
        .$if(wanted !== '', (query) =>
          query.where(
            sql<boolean>`(lower(label) like ${pattern} escape '!' or lower(issued_to) like ${pattern} escape '!'
              or lower(coalesce(serial, '')) like ${pattern} escape '!')`,
          ),
        )
        .$if(after !== undefined, (query) =>
          query.where(sql<boolean>`(created_at, entry_id) < (${String(after?.[0])}, ${String(after?.[1])})`),
        )
        .orderBy('created_at', 'desc')
        .orderBy('entry_id', 'desc')
        .limit(pageSize + 1)
        .execute();
      const page = cutPage(rows, pageSize, (row) => writeCursor(row.created_at, row.entry_id));
      const nowText = now().toISOString();
      const items = page.items.map(
        (row): MediaEntry => ({
          entryId: row.entry_id,
          vendorId: row.vendor_id,
          productId: row.product_id,
          ...(row.serial === null ? {} : { serial: row.serial }),
          label: row.label,
          issuedTo: row.issued_to,
          ...(row.issued_at === null ? {} : { issuedAt: row.issued_at }),
          ...(row.returned_at === null ? {} : { returnedAt: row.returned_at }),
          ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
          createdAt: row.created_at,
          state:
            row.returned_at !== null
              ? row.lost === 1
                ? 'lost'
                : 'returned'
              : row.expires_at !== null && row.expires_at <= nowText
                ? 'expired'
                : 'approved',
        }),
      );
      return { ...page, items };
    },

    async seen() {
      const [rows, registered] = await Promise.all([
        reader
          .selectFrom('events')
          .select(['raw', 'agent_id as agentId'])
          .where('school_id', '=', schoolId)
          .where('type', '=', 'porthor.media.seen.v1')
          .where('unreadable', 'is', null)
          .orderBy('position', 'desc')
          .limit(newestSightings)
          .execute(),
        reader
          .selectFrom('media_register')
          .select(['vendor_id', 'product_id', 'serial_key'])
          .where('school_id', '=', schoolId)
          .where('returned_at', 'is', null)
          .execute(),
      ]);
      const approved = new Set(
        registered.map((row) => `${row.vendor_id}:${row.product_id}:${row.serial_key ?? ''}`),
      );
      const devices = new Map<string, SeenDevice>();
      for (const { raw, agentId } of rows) {
        const sighting = sightingSchema.safeParse(JSON.parse(raw)).data?.data;
        if (sighting === undefined) continue;
        const { device, encryption, seenAt, machine } = sighting;
        const key = keyOf(device);
        const pc = { agentId, hostname: machine.hostname };
        const known = devices.get(key);
        if (known === undefined) {
          const { vendorId, productId, serial, serialQuality, name, sizeBytes } = device;
          const isRegistered = approved.has(key) || approved.has(`${vendorId}:${productId}:`);
          const about = { vendorId, productId, serial, serialQuality, name, sizeBytes };
          devices.set(key, { ...about, encryption, lastSeenAt: seenAt, pcs: [pc], isRegistered });
        } else if (!known.pcs.some((one) => one.hostname === pc.hostname)) {
          known.pcs.push(pc);
        }
      }
      return [...devices.values()];
    },
  };
}
