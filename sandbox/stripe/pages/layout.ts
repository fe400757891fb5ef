import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1a1f36; }
  form { margin: .75rem 0; } label { display: block; margin: .5rem 0; }
  input, select { font: inherit; padding: .4rem .6rem; width: 100%; box-sizing: border-box; }
  button { font: inherit; padding: .5rem 1rem; border: 1px solid #4f46a5; border-radius: .4rem; background: #fff; cursor: pointer; }
  button.primary { background: #4f46a5; color: #fff; } .note { color: #4f566b; } [role=alert] { color: #a4111f; font-weight: 600; }
  dt { font-weight: 600; } dd { margin: 0 0 .5rem; }`;

/** One page of the sandbox; every hosted page says that no money moves. */
export const page = (title: string, content: Markup): Markup => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${content}
      <p class="note">Sandbox: no real payment, no real card.</p>
    </main>
  </body>
</html>`;

export const money = (amount: number | null, currency = 'eur'): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format((amount ?? 0) / 100);

export const date = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
