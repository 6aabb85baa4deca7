/** Loads a list of the collector page by page, and joins its rows. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { z } from 'zod';
import { ask } from './client.ts';

interface PageOf<Row> {
  readonly items: Row[];
  readonly next?: string | undefined;
}

/** @param query what the list is filtered and ordered by; another one starts another list. */
export function usePagedList<Row>(
  schema: z.ZodType<PageOf<Row>>,
  address: string,
  query: Readonly<Record<string, string>>,
) {
  const list = useInfiniteQuery({
    queryKey: [address, query],
    queryFn: ({ pageParam }) => ask(schema, address, { ...query, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(({ items }) => items), [list.data]);
  return { ...list, rows };
}
