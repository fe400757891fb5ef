import { BANNED, BANNED_NAMES, type Banned } from './banned.ts';

export interface Found {
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

/** Comments (the group), and what may hold something like one: strings, templates, regular expressions. */
const TOKENS =
  /(\/\/.*|\/\*[\s\S]*?\*\/)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};>]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;
/** Code in prose: it quotes what is never renamed, as columns, channels, metrics and output. */
const QUOTED = /^```[\s\S]*?^```|`[^`\n]*`/gm;

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** The comments of a source file, at their places. */
function commentsOf(text: string): string {
  let comments = '';
  let end = 0;
  for (const { 0: token, 1: comment, index } of text.matchAll(TOKENS)) {
    comments += blank(text.slice(end, index)) + (comment ?? blank(token));
    end = index + token.length;
  }
  return comments;
}

/** The prose of a file, at its places: a document as a whole, else its comments. */
function proseOf(path: string, text: string): string {
  const isSource = /\.(ts|js|css)$/.test(path);
  const prose = path.endsWith('.md')
    ? text
    : isSource
      ? commentsOf(text)
      : text.replace(/^(?!.*?(^|\s)#).*$|^.*?\s(?=#)/gm, blank);
  return prose.replace(QUOTED, blank);
}

/** One search for all forms: most files have none. */
const any = (forms: readonly Banned[], flags: string) =>
  new RegExp(forms.map(({ form }) => form.source).join('|'), flags);
const ANY = any(BANNED, 'im');
const ANY_NAME = any(BANNED_NAMES, 'm');

function find(text: string, quick: RegExp, forms: readonly Banned[]): Found[] {
  if (!quick.test(text)) return [];
  return text.split('\n').flatMap((line, index) =>
    forms.flatMap(({ form, instead }) => {
      const word = form.exec(line)?.[0];
      return word === undefined ? [] : [{ line: index + 1, word, instead }];
    }),
  );
}

/** Every banned form in the prose of a file, and in the names that a TypeScript file declares. */
export function findBanned(path: string, text: string): Found[] {
  const names = path.endsWith('.ts') ? find(text, ANY_NAME, BANNED_NAMES) : [];
  return [...find(proseOf(path, text), ANY, BANNED), ...names];
}
