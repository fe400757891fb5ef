import { type Keyword, type Kind, keywords } from './keywords.ts';

/** docs/contract-keywords.md. */
export function keywordsPage(): string {
  const sections = (Object.keys(keywords) as Kind[])
    .filter((kind) => Object.keys(keywords[kind]).length > 0)
    .map(section);
  return `# What the contract compiler understands

Printed by \`make generate\` from \`scripts/compiler/keywords.ts\`, the table by which documents are compiled. Every key of a
document is one of these; any other is refused with its JSON pointer, and nothing is dropped silently.

- **compiled**: becomes types, validators, routes.
- **annotation**: for readers; validates nothing.
- **refused**: known to OpenAPI 3.1 or JSON Schema 2020-12, and not compiled; the page says what to write instead.

Paths begin with \`/\` and have plain segments or whole \`{name}\` segments; responses are keyed by three-digit statuses.

${sections.join('\n\n')}
`;
}

function section(kind: Kind): string {
  const order: readonly Keyword['is'][] = ['compiled', 'annotation', 'rejected'];
  const rows = order.flatMap((is) =>
    Object.entries(keywords[kind])
      .filter(([, keyword]) => keyword.is === is)
      .map(([name, keyword]) => `| \`${name}\` | ${keyword.is} | ${noteOf(keyword)} |`),
  );
  return [`## ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, '', '| key | | |', '|---|---|---|', ...rows].join('\n');
}

const noteOf = (keyword: Keyword): string => (keyword.is === 'rejected' ? keyword.advice : (keyword.note ?? ''));
