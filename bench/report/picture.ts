import type { Section } from './result.ts';

const WIDTH = 760;
const LEFT = 230;
const BAR = 14;
const STEP = 22;
const SCALE = 380;

/** The ratios of some sections as bars, for the README: an SVG that reads on light and dark pages. */
export function pictureOf(sections: readonly Section[], caption: string): string {
  const parts: string[] = [];
  let y = 24;
  for (const { title, rows } of sections) {
    parts.push(text(8, y, title, 'font-weight="600"'));
    y += 10;
    for (const { name, ratio } of rows) {
      if (ratio === undefined) continue;
      const length = Math.max(2, Math.min(ratio.median, 1.2) * SCALE);
      const colour = name.startsWith('Moddy') ? '#5865f2' : '#9aa4b2';
      parts.push(
        text(LEFT - 8, y + 11, name, 'text-anchor="end"'),
        `<rect x="${LEFT}" y="${y}" width="${length.toFixed(0)}" height="${BAR}" rx="3" fill="${colour}"/>`,
        text(LEFT + length + 6, y + 11, ratio.median.toFixed(2)),
      );
      y += STEP;
    }
    y += 18;
  }
  parts.push(text(8, y, caption, 'opacity="0.7"'));
  const style =
    'text{font:12px system-ui,sans-serif;fill:#1f2328}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 12}" role="img"><style>${style}</style>\n${parts.join('\n')}\n</svg>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x.toFixed(0)}" y="${y}" ${attributes}>${content.replace(/[&<>]/g, (one) => ESCAPES[one] ?? one)}</text>`;
