/** The one table that says which role may do what. */
import { type Act, actSchema, type Role } from '../../../shared/console/access.ts';

const actsByRole: Readonly<Record<Role, readonly Act[]>> = {
  technician: [
    'policies:read',
    'overview:read',
    'acknowledgements:read',
    'acknowledgements:export',
    'pcs:read',
    'pcs:manage',
    'people:read',
    'people:export',
    'people:manage',
    'enrolment:manage',
    'media:read',
    'media:manage',
    'accounts:manage',
  ],
  signatory: [
    'policies:read',
    'acknowledgements:countersign',
    'people:read',
    'people:export',
    'overview:read',
    'acknowledgements:read',
    'acknowledgements:export',
  ],
  viewer: [
    'policies:read',
    'people:read',
    'overview:read',
    'acknowledgements:read',
    'pcs:read',
    'media:read',
  ],
  'data-protection': [
    'policies:read',
    'people:read',
    'people:export',
    'overview:read',
    'acknowledgements:read',
    'acknowledgements:export',
  ],
  // The authority sees figures, not names.
  authority: ['policies:read', 'overview:read'],
};

export function can(roles: readonly Role[], act: Act): boolean {
  return roles.some((role) => actsByRole[role].includes(act));
}

export function actsOf(roles: readonly Role[]): readonly Act[] {
  return actSchema.options.filter((act) => can(roles, act));
}
