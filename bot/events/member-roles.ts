import { BoundedMap } from '../bounded-map.ts';

/** The roles that members had when last seen: Discord's event says only what they have now. */
export class MemberRoles {
  readonly #roles = new BoundedMap<string, readonly string[]>({ maxSize: 500_000 });

  remember(discordId: string, roles: readonly string[]): void {
    this.#roles.set(discordId, roles);
  }

  forget(discordId: string): void {
    this.#roles.delete(discordId);
  }

  /** What changed; undefined when nothing did, without a diff for a member never seen before. */
  change(discordId: string, roles: readonly string[]): RoleChange | undefined {
    const before = this.#roles.get(discordId);
    this.#roles.set(discordId, roles);
    if (before === undefined) return { roles };
    const added = roles.filter((roleId) => !before.includes(roleId));
    const removed = before.filter((roleId) => !roles.includes(roleId));
    return added.length + removed.length === 0 ? undefined : { added, removed };
  }
}

export type RoleChange =
  | { readonly roles: readonly string[] }
  | { readonly added: readonly string[]; readonly removed: readonly string[] };
