/*
 * Bodies that services written with pydantic and httpx send, after the schemas of the user's own document: optional
 * fields as null, absent fields, fields that we do not know. They must pass in both directions.
 */

export interface RequestFixture {
  readonly name: string;
  readonly path: string;
  readonly body: object;
  readonly answer: object;
}

const MEMBER = '123456789012345678';
const NOTIFIED = { success: true, message: 'User notified successfully', notification_sent: true };
const UPDATED = {
  success: true,
  message: 'Roles updated successfully',
  roles_updated: true,
  guild_id: '999888777666555444',
};

/** The requests of the document's backend to the bot. */
export const TO_BOT: readonly RequestFixture[] = [
  {
    name: 'notify with metadata',
    path: '/internal/notify',
    body: {
      discord_id: MEMBER,
      action: 'subscription_created',
      plan: 'moddy_max',
      metadata: {
        customer_id: 'cus_ABC123',
        email: 'user@example.com',
        phone: '+33612345678',
        subscription_type: 'month',
      },
    },
    answer: NOTIFIED,
  },
  {
    name: 'notify with every optional field null',
    path: '/internal/notify',
    body: { discord_id: MEMBER, action: 'subscription_cancelled', plan: null, metadata: null },
    answer: NOTIFIED,
  },
  {
    name: 'notify with nulls and unknown fields inside metadata',
    path: '/internal/notify',
    body: {
      discord_id: '123456789',
      action: 'plan_upgraded',
      plan: 'moddy_max',
      metadata: {
        customer_id: null,
        email: null,
        phone: null,
        subscription_type: null,
        coupon: { code: 'X', percent: 10 },
      },
      source: 'stripe',
    },
    answer: NOTIFIED,
  },
  {
    name: 'roles with lists',
    path: '/internal/roles/update',
    body: {
      discord_id: MEMBER,
      plan: 'moddy_max',
      add_roles: ['987654321098765432'],
      remove_roles: ['111222333444555666'],
    },
    answer: UPDATED,
  },
  {
    name: 'roles with only a plan, the lists null',
    path: '/internal/roles/update',
    body: { discord_id: MEMBER, plan: 'moddy_max', add_roles: null, remove_roles: null },
    answer: UPDATED,
  },
];

/** The requests of the document's bot to the backend. */
export const TO_BACKEND: readonly RequestFixture[] = [
  {
    name: 'user info of somebody unknown',
    path: '/internal/user/info',
    body: { discord_id: MEMBER, guild: null },
    answer: { success: false, message: 'User not found', user_found: false },
  },
  {
    name: 'event with metadata',
    path: '/internal/event/notify',
    body: {
      event_type: 'member_joined',
      discord_id: MEMBER,
      metadata: { guild_id: '999888777666555444', timestamp: '2024-01-20T15:30:00.123456', username: 'alice#0' },
    },
    answer: { success: true, message: 'Event member_joined processed successfully', event_received: true },
  },
  {
    name: 'event with empty metadata',
    path: '/internal/event/notify',
    body: { event_type: 'message_sent', discord_id: MEMBER, metadata: {} },
    answer: { success: true, message: 'Event message_sent processed successfully', event_received: true },
  },
];

/** The responses of the document's services to our clients, by path: the body that is sent, and the value to be read. */
export const RESPONSES: Readonly<Record<string, readonly { readonly sent: object; readonly read: object }[]>> = {
  '/internal/health': [
    {
      sent: { status: 'healthy', service: 'discord-bot', version: '1.0.0' },
      read: { status: 'healthy', version: '1.0.0' },
    },
    {
      sent: { status: 'unhealthy', service: 'discord-bot', version: null },
      read: { status: 'unhealthy', version: null },
    },
  ],
  '/internal/notify': [
    { sent: NOTIFIED, read: NOTIFIED },
    { sent: { success: false, message: 'no' }, read: { success: false, message: 'no', notification_sent: false } },
    { sent: { ...NOTIFIED, reason: 'invented_later', shard: 3 }, read: { ...NOTIFIED, reason: 'other' } },
  ],
  '/internal/roles/update': [
    { sent: UPDATED, read: UPDATED },
    {
      sent: { success: true, message: 'ok', roles_updated: false, guild_id: null },
      read: { success: true, message: 'ok', roles_updated: false, guild_id: null },
    },
    // A final verdict stays one where an optional field cannot be read.
    { sent: { ...UPDATED, added: 'none', failed: null }, read: UPDATED },
  ],
};
