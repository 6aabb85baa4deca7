/** The figures of the school, for the start page and the leadership's page. */
import { useQuery } from '@tanstack/react-query';
import { overviewSchema } from '../../../shared/console/overview.ts';
import { ask } from './client.ts';

export function useOverview() {
  return useQuery({
    queryKey: ['overview'],
    queryFn: () => ask(overviewSchema, '/api/overview'),
    // A page that stays open on a wall stays true.
    refetchInterval: 60_000,
  });
}
