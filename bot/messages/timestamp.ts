/** RFC 3339, as the contract writes dates; `Date.parse` alone makes dates of all sorts of text. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** A date as Discord shows it to everyone in their own calendar and language; undefined for what is no date. */
export function timestamp(date: string | null | undefined): string | undefined {
  if (date === null || date === undefined || !DATE_TIME.test(date)) return undefined;
  const seconds = Math.floor(Date.parse(date) / 1_000);
  return Number.isFinite(seconds) ? `<t:${seconds}:D>` : undefined;
}
