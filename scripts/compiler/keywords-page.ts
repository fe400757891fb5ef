import { type Keyword, type Kind, keywords } from './keywords.ts';

/** docs/contract-keywords.md. */
export function keywordsPage(): string {
  const sections = (Object.keys(keywords) as Kind[])
    .filter((kind) => Object.keys(keywords[kind]).length > 0)
    .map(section);
  return `# What the contract compiler understands

Printed by \`make generate\` from \`scripts/compiler/keywords.ts\`, the table by which documents are compiled. Every key of a
document is one of these; any other is rejected with its place, and nothing is dropped silently.

- **compiled**: becomes types, validators, routes, clients.
- **annotation**: for readers; validates nothing.
- **left out**: nothing is made of it. In our own documents it is rejected; of another document \`generate --document\` lists it.
- **rejected**: known to OpenAPI 3.1 or JSON Schema 2020-12, and not compiled; the page says what to write instead.

A **condition** judges the value as it was sent, in every mode alike; no type of TypeScript describes it. Our own documents have
none: the gates that compare them with released and emitted ones do not read conditions.

Extensions (\`x-…\`) are ignored, as OpenAPI allows, but for ours, which begin with \`x-moddy-\`; one that looks like a misspelt one of
ours is rejected. They say what JSON Schema cannot; a description beside them says the same to other tools.

Paths begin with \`/\` and have plain segments or whole \`{name}\` segments. Responses are keyed by three-digit statuses; another
document may have \`default\`, \`4XX\` and the like, which the client reads and a server never sends.

${sections.join('\n\n')}
`;
}

function section(kind: Kind): string {
  const order: readonly Keyword['is'][] = ['compiled', 'annotation', 'left out', 'rejected'];
  const rows = order.flatMap((is) =>
    Object.entries(keywords[kind])
      .filter(([, keyword]) => keyword.is === is)
      .map(([name, keyword]) => `| \`${name}\` | ${keyword.is} | ${noteOf(keyword)} |`),
  );
  return [`## ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, '', '| key | | |', '|---|---|---|', ...rows].join('\n');
}

function noteOf(keyword: Keyword): string {
  if ('advice' in keyword) return keyword.advice;
  const isCondition = 'isCondition' in keyword;
  return [...(isCondition ? ['condition'] : []), ...(keyword.note === undefined ? [] : [keyword.note])].join('; ');
}
