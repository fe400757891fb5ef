import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Messages } from './texts.ts';

export const LOCALES = ['fr', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** The language of a tag as Discord or a browser writes it (`fr-FR`, `en_US`); undefined for one we do not speak. */
export function localeOf(tag: string | null | undefined): Locale | undefined {
  const language = tag?.trim().toLowerCase().split(/[-_]/, 1)[0];
  return LOCALES.find((locale) => locale === language);
}

export const messagesIn: Readonly<Record<Locale, Messages>> = { fr, en };
