/** A date as Discord shows it to everyone in their own calendar and language; undefined for what is no date. */
export function timestamp(date: string | null | undefined): string | undefined {
  if (date === null || date === undefined) return undefined;
  const seconds = Math.floor(Date.parse(date) / 1_000);
  return Number.isFinite(seconds) ? `<t:${seconds}:D>` : undefined;
}
