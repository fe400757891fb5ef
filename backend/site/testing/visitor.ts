/** A visitor with a browser without JavaScript: keeps cookies per site, follows redirects, fills in forms. */

export interface Seen {
  readonly status: number;
  /** The URL after all redirects. */
  readonly url: URL;
  readonly headers: Headers;
  readonly text: string;
}

export interface VisitOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** How many redirects are followed. */
  readonly follow?: number;
}

export type Visitor = ReturnType<typeof createVisitor>;

export function createVisitor(siteUrl: string, language = 'en') {
  /** By origin, then by name. */
  const jars = new Map<string, Map<string, string>>();
  const jarOf = ({ origin }: URL) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const keepCookies = (url: URL, headers: Headers) => {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0/i.test(line)) jarOf(url).delete(name);
      else jarOf(url).set(name, value);
    }
  };
  const visit = async (
    method: 'GET' | 'POST',
    url: URL,
    body: URLSearchParams | null,
    options: VisitOptions,
  ): Promise<Seen> => {
    const { headers = {}, follow = 10 } = options;
    const cookie = [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: {
        'accept-language': language,
        ...(cookie === '' ? {} : { cookie }),
        // A browser sends these headers with a form of the same site.
        ...(method === 'POST' ? { origin: url.origin, 'sec-fetch-site': 'same-origin' } : {}),
        ...headers,
      },
    });
    keepCookies(url, response.headers);
    const text = await response.text();
    const location = response.headers.get('location');
    if (location === null || follow === 0) return { status: response.status, url, headers: response.headers, text };
    return visit('GET', new URL(location, url), null, { follow: follow - 1 });
  };
  const at = (path: string | URL) => new URL(path, siteUrl);
  return {
    get: (path: string | URL, options: VisitOptions = {}) => visit('GET', at(path), null, options),
    post: (path: string | URL, fields: Record<string, string> = {}, options: VisitOptions = {}) =>
      visit('POST', at(path), new URLSearchParams(fields), options),
    /** Sends a form of a page as it stands, with these fields changed. */
    submit: (page: Seen, action: string, fields: Record<string, string> = {}, options: VisitOptions = {}) => {
      const { method, values } = formOf(page, action);
      const filled = new URLSearchParams({ ...values, ...fields });
      const url = new URL(action, page.url);
      if (method === 'POST') return visit('POST', url, filled, options);
      url.search = filled.toString();
      return visit('GET', url, null, options);
    },
    /** The cookies that the site has set, by name. */
    cookies: (url: string = siteUrl) => jarOf(new URL(url)),
  };
}

/** A form and its hidden fields, as the browser would send them. */
function formOf({ text }: Seen, action: string): { method: string; values: Record<string, string> } {
  const [, form] =
    new RegExp(`(<form[^>]*action="${action.replace(/[/?]/g, '\\$&')}"[^>]*>[\\s\\S]*?</form>)`).exec(text) ?? [];
  if (form === undefined) throw new Error(`No form leads to ${action} on this page:\n${text}`);
  const values: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name !== undefined) values[name] = /value="([^"]*)"/.exec(input)?.[1] ?? '';
  }
  return { method: /method="post"/i.test(form) ? 'POST' : 'GET', values };
}
