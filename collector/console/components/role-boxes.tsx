/** The roles of an account as check boxes, each with one line that says what it may do. */
import { useCallback } from 'react';
import { type Role, roleSchema } from '../../../shared/console/access.ts';
import { useWords } from '../words/words-context.tsx';

export function useRoleName(): (role: Role) => string {
  const { text } = useWords();
  return useCallback((role) => text(`console.role.${role}`), [text]);
}

interface Props {
  readonly roles: Role[];
  readonly error?: string | undefined;
  onChange(roles: Role[]): void;
}

export function RoleBoxes({ roles, error = '', onChange }: Props) {
  const { text } = useWords();
  return (
    <fieldset className={error === '' ? 'roles' : 'roles answer-missing'}>
      <legend className="field-label">{text('console.accounts.roles')}</legend>
      {error === '' ? null : (
        <p className="message" role="alert">
          {error}
        </p>
      )}
      {roleSchema.options.map((role) => (
        <label key={role} className="role">
          <input
            type="checkbox"
            checked={roles.includes(role)}
            onChange={(event) =>
              onChange(
                roleSchema.options.filter((one) =>
                  one === role ? event.target.checked : roles.includes(one),
                ),
              )
            }
          />
          <span>
            {text(`console.role.${role}`)}
            <span className="second">{text(`console.role.${role}.may`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
