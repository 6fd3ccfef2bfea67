import type { Role } from '../storage/index.js';

/** In the order in which they allow more. */
export const ROLES: readonly Role[] = ['reader', 'drop', 'contributor', 'writer', 'manager'];

/** Undefined for anything but a role. */
export function parseRole(text: string | undefined): Role | undefined {
  return ROLES.find((role) => role === text);
}
