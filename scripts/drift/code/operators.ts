/** A fault of hand-written code, as a small edit of its text. Each operator answers the changed texts. */
export type CodeOperator = (text: string, path: string) => readonly string[];

const each = (text: string, pattern: RegExp, change: (match: RegExpExecArray) => string): string[] =>
  [...text.matchAll(pattern)].map((match) => {
    const changed = change(match);
    return text.slice(0, match.index) + changed + text.slice(match.index + match[0].length);
  });

const REPLY = /reply\((\d+), \{/g;
/** `reply(200, {…})` to its closing parenthesis. */
const WHOLE_REPLY = /reply\((\d+), (\{(?:[^{}]|\{[^{}]*\})*\})\)/g;

export const HANDLER_OPERATORS: Readonly<Record<string, CodeOperator>> = {
  'an extra field by literal': (text) => each(text, REPLY, ([, status]) => `reply(${status}, { extra: 1,`),
  'an extra field by variable': (text) =>
    each(text, WHOLE_REPLY, ([, status, body]) => `reply(${status}, ((extra) => extra)({ ...${body}, extra: 1 }))`),
  'a missing field': (text) =>
    each(text, /\b(?:success|message|user_found|event_received|service|status): [^,{}]+,/g, () => ''),
  'a wrong field': (text) =>
    each(
      text,
      /\b(success|user_found|event_received|roles_updated|notification_sent): (?:true|false)\b/g,
      ([, name]) => `${name}: 'yes'`,
    ),
  'a misspelt field': (text) =>
    each(text, /\b(success|message|user_found|event_received|roles_updated): /g, ([, name]) => `${name}s: `),
  'an undocumented status': (text) => each(text, REPLY, () => 'reply(201, {'),
  "a status of the runtime's": (text) => each(text, REPLY, () => 'reply(503, {'),
  'the wrong body for a status': (text) => each(text, /reply\(200, \{/g, () => 'reply(500, {'),
  'a raw Response': (text) =>
    each(text, WHOLE_REPLY, ([, status, body]) => `new Response(JSON.stringify(${body}), { status: ${status} })`),
  'a plain object': (text) => each(text, WHOLE_REPLY, ([, status, body]) => `({ status: ${status}, body: ${body} })`),
  any: (text) => each(text, WHOLE_REPLY, ([, status, body]) => `reply(${status}, { ...${body}, message: 7 } as any)`),
  'a cast': (text) =>
    each(
      text,
      WHOLE_REPLY,
      ([, status, body]) => `reply(${status}, { ...${body}, success: 'yes', status: 'yes' } as never)`,
    ),
  'a cast of the handler': (text) => each(text, /: (\w+Handler<'\w+'>) = /g, () => ' = '),
  'another operation': (text) => each(text, /(\w+Handler)<'(\w+)'>/g, ([, type, id]) => `${type}<'${id}2'>`),
  'an undocumented field of the request': (text) =>
    each(text, /\bbody\.discord_id\b|discord_id: discordId, /g, ([found]) =>
      found.startsWith('body') ? 'body.discordId' : 'discordId: discordId, ',
    ),
  'an undocumented parameter': (text) => each(text, /\['Idempotency-Key'\]/g, () => "['Idempotence-Key']"),
  'a path of the contract by hand': (text) => [`${text}\nexport const elsewhere = '/internal/${'health'}';\n`],
  'an import of the other service': (text, path) => [
    `import '@moddy/${path.startsWith('bot/') ? 'backend' : 'bot'}/config';\n${text}`,
  ],
  'an import of the sandbox': (text) => [`import '@moddy/sandbox/discord/start-discord';\n${text}`],
};

export const TABLE_OPERATORS: Readonly<Record<string, CodeOperator>> = {
  'a missing handler': (text) =>
    each(
      text,
      /\bgetService, healthCheck|\bhealthCheck, (?=notifyUser|getUserInfo)|, (?:updateUserRole|notifyEvent)(?= \})/g,
      ([found]) => (found.startsWith('getService') ? 'healthCheck' : ''),
    ),
  'an unknown handler': (text) => each(text, /\{ getService, healthCheck/g, ([found]) => `${found}, added: getService`),
  'a misspelt handler': (text) =>
    each(text, /\{ getService, healthCheck/g, () => '{ getService, healthChecks: healthCheck'),
  'the wrong handler': (text) =>
    each(text, /\{ getService, healthCheck/g, () => '{ getService, healthCheck: getService'),
};

export const CLIENT_OPERATORS: Readonly<Record<string, CodeOperator>> = {
  'a call of an unknown operation': (text) =>
    each(
      text,
      /\b(bot|backend)\.(notifyUser|updateUserRole|getUserInfo|notifyEvent|healthCheck)\(/g,
      ([, client, id]) => `${client}.${id}s(`,
    ),
  'a field that the request lacks': (text) =>
    each(text, /\{ discord_id: /g, ([found]) => `{ added: 1, ${found.slice(2)}`),
  'a missing field of the request': (text) => each(text, /\bdiscord_id: [\w.]+,?/g, () => ''),
  'a wrong field of the request': (text) => each(text, /\bdiscord_id: [\w.]+/g, () => 'discord_id: 12'),
  'a field that the answer lacks': (text) => each(text, /\banswer\.(\w+)|\baccount\.(\w+)/g, ([found]) => `${found}s`),
  'a parameter that the operation lacks': (text) =>
    each(text, /'X-Delivery-Attempt': /g, () => "'X-Delivery-Attempts': "),
  'a wrong parameter': (text) =>
    each(text, /'X-Delivery-Attempt': ([\w.+]+)/g, ([, value]) => `'X-Delivery-Attempt': String(${value})`),
};

/** Errors that a handler answers by itself, and those by which the guard tells what is wrong with a secret. */
export const ERROR_OPERATORS: Readonly<Record<string, CodeOperator>> = {
  'another status of an own error': (text) => each(text, /RequestError\(422, /g, () => 'RequestError(404, '),
  'another body of an own error': (text) =>
    each(text, /(RequestError\(422, '[^']*'), \[[^[\]]*\]\)/g, ([, start]) => `${start})`),
  // Changes only texts that the documents give: an app that embeds the runtime with other schemes has others.
  'another text of a 401 or 403': (text) =>
    each(text, /(RequestError\(40[13], ')((?:Missing|Invalid) [^']+)'/g, ([, start, words = '']) => {
      return `${start}${words.toLowerCase()}'`;
    }),
};
