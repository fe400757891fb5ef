import { Locale } from 'discord-api-types/v10';
import type { Fields } from './fields.ts';
import { ControlError, isChoice } from './fields.ts';

const locales = Object.values(Locale);

export function readLocale(fields: Fields): Locale | undefined {
  const text = fields.optionalText('locale');
  if (text === undefined) return undefined;
  if (!isChoice(text, locales)) throw new ControlError(`locale must be one of ${locales.join(', ')}.`);
  return text;
}
