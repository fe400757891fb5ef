import { en } from './en.ts';
import { fr } from './fr.ts';

export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const isLanguage = (text: string | undefined): text is Language => LANGUAGES.some((each) => each === text);

/** Every text of the site in one language; both files have the same type. */
export const textsOf = (language: Language) => ({ fr, en })[language];
