const MAX_SNOWFLAKE = 2n ** 63n - 1n;

/** Could Discord have given this id? The contract takes 20 digits; beyond 63 bits Discord calls the request malformed. */
export function couldExist(discordId: string): boolean {
  const value = BigInt(discordId);
  return value > 0n && value <= MAX_SNOWFLAKE;
}

/** For a place in Discord's order of ids: no id is beyond the greatest. */
export const atMostGreatest = (discordId: string): string =>
  BigInt(discordId) > MAX_SNOWFLAKE ? String(MAX_SNOWFLAKE) : discordId;
