const PERSONAL = [/[\w.+-]+@[\w-]+\.[\w.-]+/g, /\+\d{6,}/g, /\b(?:sk|rk|whsec)_[\w*-]+/g, /Bearer \S+/g];

/** The text without e-mails, phone numbers, keys and bearers, at most 500 characters of it. */
export const withoutPersonal = (text: string): string =>
  PERSONAL.reduce((clean, pattern) => clean.replace(pattern, '[…]'), text).slice(0, 500);
