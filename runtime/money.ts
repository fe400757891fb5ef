/**
 * How many digits of an amount stand behind the point (Stripe docs, "Supported currencies": zero-decimal, three-decimal
 * and special cases); 2 for every other currency. ISK and UGX have no smaller unit and are counted in hundredths. Intl
 * goes by what people pay with, HUF without hundredths for one, so it cannot be asked.
 */
const WITHOUT_DIGITS = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DIGITS = new Set('bhd jod kwd omr tnd'.split(' '));

/** How numbers and dates are written: in English as in Europe, where the prices are. */
const REGION: Readonly<Record<string, string>> = { fr: 'fr-FR', en: 'en-GB' };
export const regionOf = (language: string): string => REGION[language] ?? language;

/**
 * `€9.99`, `9,99 €`; whole amounts without decimals.
 * @param amount in the smallest unit, as Stripe counts.
 * @param language `en` on terminals.
 */
export function money(
  { amount, currency }: { readonly amount: number; readonly currency: string },
  language: string,
): string {
  const code = currency.toLowerCase();
  const digits = WITHOUT_DIGITS.has(code) ? 0 : THREE_DIGITS.has(code) ? 3 : 2;
  return new Intl.NumberFormat(regionOf(language), {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    trailingZeroDisplay: 'stripIfInteger',
  }).format(amount / 10 ** digits);
}
