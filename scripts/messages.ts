import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeNotification } from '@moddy/bot/messages/compose';
import { LOCALES, type Locale, messagesIn } from '@moddy/bot/messages/messages';
import type { Messages } from '@moddy/bot/messages/texts';
import { type Situation, situations } from '@moddy/bot/testing/situations';
import { readOptions } from './system/options.ts';

/*
 * node scripts/messages.ts           everything the bot writes, as a member reads it, into docs/messages.md
 * node scripts/messages.ts --check   says whether the page is what that would write
 * --page FILE                        another page
 */

const options = readOptions({
  check: { type: 'boolean', default: false },
  page: { type: 'string', default: join(import.meta.dirname, '..', 'docs', 'messages.md') },
});

const LANGUAGES: Readonly<Record<Locale, string>> = { fr: 'Français', en: 'English' };
/** The language tags that Discord uses for our two languages. */
const TAGS: Readonly<Record<Locale, string>> = { fr: 'fr', en: 'en-US' };

/** Discord shows `<t:seconds:D>` as a long date in the reader's own language and time zone. */
const withDates = (text: string, locale: Locale): string =>
  text.replace(/<t:(\d+):D>/g, (_mark, seconds) =>
    new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'long', timeZone: 'UTC' }).format(Number(seconds) * 1_000),
  );

function messageOf({ facts, given }: Situation, locale: Locale): string {
  const marks = { reference: 'K7Q2M9X4TB', nonce: '' };
  const { embeds, components } = composeNotification(facts, locale, marks, 'https://moddy.example');
  const [embed] = embeds ?? [];
  const button = JSON.stringify(components).match(/"label":"([^"]*)"/)?.[1] ?? '';
  const lines = [
    `**${embed?.title}**`,
    withDates(embed?.description ?? '', locale),
    `\`${button}\``,
    `<sub>${embed?.footer?.text}</sub>`,
  ];
  return `${LANGUAGES[locale]}, given ${given}:\n\n${lines.map((line) => `> ${line}`).join('\n>\n')}\n`;
}

function noticesPart(): string {
  const shown = situations.filter(({ action, change, given }) => {
    // Without a change an update is shown as `other`; with the plan alone nothing reads otherwise than above.
    const isRepetition = action === 'subscription_updated' && change === null;
    return !isRepetition && given !== 'only the plan';
  });
  const subjects = Map.groupBy(shown, ({ action, change }) => (change === null ? action : `${action}, ${change}`));
  return [...subjects]
    .map(([subject, found]) => {
      const texts = LOCALES.flatMap((locale) => found.map((situation) => messageOf(situation, locale)));
      return `### ${subject}\n\n${texts.join('\n')}`;
    })
    .join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function commandsPart(): string {
  const textIn = (locale: Locale, name: keyof Commands) => cell(textsOf(messagesIn[locale].commands[name]));
  const rows = keysOf(messagesIn.en.commands).map(
    (name) => `| ${name} | ${LOCALES.map((locale) => textIn(locale, name)).join(' | ')} |`,
  );
  return [`| | ${LOCALES.map((locale) => LANGUAGES[locale]).join(' | ')} |`, '|---|---|---|', ...rows].join('\n');
}

type Commands = Messages['commands'];
const textsOf = (text: Commands[keyof Commands]): string => {
  if (typeof text === 'string') return text;
  if (typeof text === 'function')
    return INTERVALS.flatMap((interval) => [1, 3].map((count) => text({ interval, count }))).join(' · ');
  return 'description' in text ? `${text.name}: ${text.description}` : Object.values(text).join(' · ');
};
const INTERVALS = ['day', 'week', 'month', 'year'] as const;
// An object literal of one file: it has the keys of its type and no others.
const keysOf = <Of extends object>(object: Of): (keyof Of)[] => Object.keys(object) as (keyof Of)[];

const page = `# What the bot says

Written by \`make messages\` from \`bot/messages/fr.ts\` and \`bot/messages/en.ts\`; edit those.

## Direct messages

An embed with one button that leads to the website, and the delivery's reference below. Dates are Discord's own: each
reader sees them in their language and time zone.

${noticesPart()}
## Commands

Answered to their user alone.

${commandsPart()}
`;

if (!options.check) writeFileSync(options.page, page);
else if (!existsSync(options.page) || readFileSync(options.page, 'utf8') !== page) {
  console.error(`${options.page} is not what the bot says. Fix it with: make messages`);
  process.exitCode = 1;
}
