import type { components } from '@moddy/generated/bot-internal/types';
import { FREE_PLAN } from '../config.ts';

export interface RoleChanges {
  /** Who named the role ids: an unknown id is the caller's mistake, or the bot's configuration's. */
  readonly origin: 'lists' | 'plan';
  /** A caller's lists stay as they came, repetitions included: faults are named by their place in them. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The role changes of a request: its lists if it has one, else the plan's roles added, every other plan's and the
 * retired ones removed. Undefined for a plan that is not in `PLAN_ROLES`: then nothing may change.
 */
export function roleChangesOf(
  request: components['schemas']['InternalUpdateRoleRequest'],
  planRoles: ReadonlyMap<string, readonly string[]>,
  retiredRoles: readonly string[],
): RoleChanges | undefined {
  const { plan, add_roles: addRoles, remove_roles: removeRoles } = request;
  if (Array.isArray(addRoles) || Array.isArray(removeRoles)) {
    return { origin: 'lists', add: addRoles ?? [], remove: removeRoles ?? [] };
  }
  const add = plan === FREE_PLAN ? [] : planRoles.get(plan);
  if (add === undefined) return undefined;
  const others = [...[...planRoles.values()].flat(), ...retiredRoles].filter((roleId) => !add.includes(roleId));
  return { origin: 'plan', add: unique(add), remove: unique(others) };
}

const unique = (roleIds: readonly string[]): string[] => [...new Set(roleIds)];
