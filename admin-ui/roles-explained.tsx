import type { AdministratorVisit } from '../web/routes.js';
import { ROLES } from './roles.js';

/** What the words in the role column mean. */
export function RolesExplained({ visit }: { readonly visit: AdministratorVisit }) {
  const { roles, rolesExplained, rolesTitle } = visit.words.administration;
  return (
    <details class="explain">
      <summary>{rolesTitle}</summary>
      <dl>
        {ROLES.map((role) => (
          <div>
            <dt>{roles[role]}</dt>
            <dd>{rolesExplained[role]}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
