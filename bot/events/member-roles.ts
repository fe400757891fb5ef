import { BoundedMap } from '@moddy/runtime/bounded-map';

/** The roles that members had when last seen: Discord's event says only what they have now. */
export class MemberRoles {
  readonly #roles = new BoundedMap<string, readonly string[]>({ maxSize: 500_000 });
  readonly #inScreening = new BoundedMap<string, true>({ maxSize: 500_000 });

  remember(discordId: string, roles: readonly string[], pending = false): void {
    this.#roles.set(discordId, roles);
    if (pending) this.#inScreening.set(discordId, true);
    else this.#inScreening.delete(discordId);
  }

  /** Whether the member was in membership screening and is not any more. */
  hasPassedScreening(discordId: string, pending: boolean): boolean {
    if (pending) this.#inScreening.set(discordId, true);
    else if (this.#inScreening.get(discordId)) {
      this.#inScreening.delete(discordId);
      return true;
    }
    return false;
  }

  forget(discordId: string): void {
    this.#roles.delete(discordId);
    this.#inScreening.delete(discordId);
  }

  /** The change; undefined when the roles are the same, without a diff for a member never seen before. */
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
