import { isMap, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';

/** Where something stands in a YAML text, and how a line is added to it. */
export interface PlaceInText {
  readonly line: number;
  /** Its own lines. */
  readonly source: string;
  /** The line as it is written there: below the place, or in its stead where it is one line in braces. */
  readonly pasted: (line: string) => { readonly how: string; readonly text: string };
}

/** Finds what a JSON pointer names in the text of a document. */
export function placeInText(text: string, pointer: string): PlaceInText {
  const lines = new LineCounter();
  const document = parseDocument<ParsedNode>(text, { version: '1.2', schema: 'core', lineCounter: lines });
  let node: ParsedNode | null = document.contents;
  let start = 0;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const pair = isMap(node)
      ? node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
      : undefined;
    if (pair === undefined) break;
    start = pair.key.range[0];
    node = pair.value;
  }
  const { line, col } = lines.linePos(start);
  const flow = isMap(node) && node.flow ? node : undefined;
  const items = isMap(node) ? node.items : [];
  const last = node === null ? line : lines.linePos(node.range[1] - 1).line;
  return {
    line,
    source: text
      .split('\n')
      .slice(line - 1, last)
      .join('\n'),
    pasted: (added) => {
      if (flow === undefined) {
        const first = items[0]?.key.range[0];
        const indent = first === undefined ? col + 1 : lines.linePos(first).col - 1;
        return { how: 'below it', text: ' '.repeat(indent) + added };
      }
      const end = flow.range[1] - 1;
      const before = text.slice(lines.lineStarts[line - 1], end).trimEnd();
      return { how: 'instead of it', text: `${before}${items.length > 0 ? ',' : ''} ${added} }` };
    },
  };
}
