/** The one table that says which role may do what. */
import { type Act, actSchema, type Role } from '../../../shared/console/access.ts';

const actsByRole: Readonly<Record<Role, readonly Act[]>> = {
  technician: [
    'overview:read',
    'acknowledgements:read',
    'acknowledgements:export',
    'pcs:read',
    'pcs:manage',
    'accounts:manage',
  ],
  signatory: ['overview:read', 'acknowledgements:read', 'acknowledgements:export'],
  viewer: ['overview:read', 'acknowledgements:read', 'pcs:read'],
  'data-protection': ['overview:read', 'acknowledgements:read', 'acknowledgements:export'],
  // The authority sees figures, not names.
  authority: ['overview:read'],
};

export function can(roles: readonly Role[], act: Act): boolean {
  return roles.some((role) => actsByRole[role].includes(act));
}

export function actsOf(roles: readonly Role[]): readonly Act[] {
  return actSchema.options.filter((act) => can(roles, act));
}
