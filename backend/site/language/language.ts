import { en, type Texts } from './en.ts';
import { fr } from './fr.ts';

export const LANGUAGES = ['fr', 'en'] as const;
export type Language = Texts['code'];

export const isLanguage = (text: string | undefined): text is Language => LANGUAGES.some((each) => each === text);

/** Every text of the site in each language; both files have the same type. */
export const TEXTS: Readonly<Record<Language, Texts>> = { fr, en };
