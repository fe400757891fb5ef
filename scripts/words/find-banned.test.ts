import { expect, test } from 'vitest';
import { findBanned } from './find-banned.ts';

const wordsIn = (path: string, text: string) => findBanned(path, text).map(({ line, word }) => `${line} ${word}`);

test('a banned word in a comment is reported with its line and its replacement', () => {
  expect(findBanned('a.ts', 'const a = 1;\n/**\n * Somebody\n */\nconst b = 2; // is Refused')).toEqual([
    { line: 3, word: 'Somebody', instead: 'user, member, customer, caller, operator' },
    { line: 5, word: 'Refused', instead: 'reject, deny, fail' },
  ]);
});

test.each([
  ['a.ts', '/* what is owed */', ['1 owed']],
  ['a.css', '/* the last line\n   tells */', ['2 tells']],
  ['a.yaml', 'a: 1 # put off\nb: "owed"', ['1 put off']],
  ['Makefile', 'a: ## whoever calls\n\t@echo somebody', ['1 whoever']],
  [
    'a.md',
    'Nobody was told.\n\nIt is under way, or away; Discord is away.',
    ['1 was told', '3 is away', '3 under way'],
  ],
  ['a.ts', '/** What is sent. */\n// Who is asked? Of all users. Of an event.', ['1 What is ', '2 Of all ']],
  ['a.ts', 'interface NamesParts {}\nclass Refusal {}', ['2 Refusal', '1 interface NamesParts']],
])('in %s: %j', (path, text, words) => {
  expect(wordsIn(path, text).toSorted()).toEqual(words.toSorted());
});

test.each([
  ['code, strings and comments within strings', 'a.ts', "const owed = '// somebody'; const b = /[\"/*]somebody/;"],
  ['templates over several lines', 'a.ts', 'const a = `\n// somebody\n`;'],
  ['code that prose quotes', 'a.md', '`reversals`\n```\nsomebody\n```\n'],
  [
    'words that are plain elsewhere',
    'a.md',
    'Unless told to, it tells them apart; the connection is refused; look it up.',
  ],
  ['values of YAML', 'a.yaml', 'a: somebody\nb: c#owed'],
])('no banned word in %s', (_, path, text) => {
  expect(wordsIn(path, text)).toEqual([]);
});
