/** Who is signed in. Every page that asks for names is inside `SessionProvider`. */
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { type Act, type Me, sessionSchema } from '../../../shared/console/access.ts';
import { ask } from './client.ts';

export const sessionKey = ['session'] as const;

export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: () => ask(sessionSchema, '/api/session') });
}

const MeContext = createContext<Me | undefined>(undefined);
export const MeProvider = MeContext;

/** The person who is signed in. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error('this page needs a person who is signed in');
  return me;
}

export function useMay(act: Act): boolean {
  return useMe().acts.includes(act);
}
