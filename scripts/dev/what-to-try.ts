import { LOCAL_SECRET, type urlsOf } from '../system/environment.ts';
import { listenCommand, type Setting } from './setting.ts';

export interface Running {
  readonly setting: Setting;
  readonly urls: ReturnType<typeof urlsOf>;
  readonly consoleUrl: string;
  /** Absent: the real one is used. */
  readonly discordUrl: string | undefined;
  readonly stripe: { readonly url: string; readonly apiKey: string } | undefined;
  /** PLAN_PRICES and PLAN_ROLES as the services have them. */
  readonly plans: { readonly prices: string; readonly roles: string };
  readonly databaseUrl: string;
}

/** Everything that `make dev` offers, each with a line to copy; the console first. */
export function whatToTry({ setting, urls, consoleUrl, discordUrl, stripe, plans, databaseUrl }: Running): string {
  const { given, addresses } = setting;
  const ownSecret = given.INTERNAL_API_SECRET !== undefined;
  const bearer = ownSecret
    ? '-H "Authorization: Bearer $INTERNAL_API_SECRET"'
    : `-H 'Authorization: Bearer ${LOCAL_SECRET}'`;
  const withoutRole = plansOf(plans.prices).filter((plan) => !plansOf(plans.roles).includes(plan));
  const post = (url: string, body: object, headers = `${bearer} `) =>
    `curl -X POST ${url} ${headers}-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const notify = { discord_id: '123456789', action: 'subscription_created', plan: 'moddy_max' };
  const rows: [string, string, string][] = [
    ['the site', urls.backend, `open ${urls.backend} in a browser: log in, subscribe, cancel`],
    ['bot, private API', urls.botInternal, `curl ${bearer} ${urls.botInternal}/internal/health`],
    ['', '', post(`${urls.botInternal}/internal/notify`, notify)],
    ['', '', `open ${urls.botInternal}/docs in a browser`],
    ['bot, public', urls.bot, `curl ${urls.bot}/healthz`],
    [
      'backend, private API',
      urls.backendInternal,
      post(`${urls.backendInternal}/internal/user/info`, { discord_id: '123456789012345678' }),
    ],
    ['', '', `open ${urls.backendInternal}/docs in a browser`],
  ];
  if (discordUrl !== undefined)
    rows.push(['local Discord', discordUrl, `curl ${discordUrl}/_sandbox/discord/direct-messages/123456789`]);
  if (stripe) {
    const subscribe = { discordId: '123456789', price: 'price_moddy_max_month' };
    rows.push(['local Stripe', stripe.url, post(`${stripe.url}/_sandbox/stripe/subscribe`, subscribe, '')]);
  }
  const beside = [
    ...(given.DATABASE_URL === undefined ? [`DATABASE_URL=${databaseUrl}`] : []),
    ...(stripe ? [`STRIPE_API_KEY=${stripe.apiKey}`, `STRIPE_API_URL=${stripe.url}`] : []),
  ].join(' ');
  return [
    '',
    `The console: ${consoleUrl}`,
    'Members, their messages, every delivery and event, live; with buttons for all that can happen.',
    '',
    `Discord: ${discordUrl === undefined ? 'yours' : 'local'}. Stripe: ${stripe ? 'local' : 'yours'}. Database: ${given.DATABASE_URL === undefined ? 'local' : 'yours'}.`,
    ...(stripe ? [] : [`Stripe's events arrive while this runs: ${listenCommand(addresses)}`]),
    ...(withoutRole.length > 0 ? [`PLAN_ROLES has no role for ${withoutRole.join(', ')} of PLAN_PRICES.`] : []),
    'A saved file of bot/, backend/ or runtime/ restarts its service; a document in openapi/ is compiled first.',
    '',
    ...rows.map(([name, address, line]) => `${name.padEnd(21)} ${address.padEnd(22)} ${line}`),
    '',
    'Operator commands work beside it, in another terminal:',
    `${beside} make trace USER=123456789`.trimStart(),
    // It asks Stripe, of which it has to be the same account.
    ...(stripe ? [`${beside} PLAN_PRICES='${plans.prices}' make reconcile DRY=1`] : []),
    '',
    `The shared secret is ${ownSecret ? 'yours' : `${LOCAL_SECRET}, for this machine only`}. Ctrl-C ends everything.`,
    '',
  ].join('\n');
}

const plansOf = (variable: string): string[] => Object.keys(JSON.parse(variable));
