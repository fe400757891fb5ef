import { query } from '@moddy/sandbox/postgres';

/** The user of the documentation's examples. */
const SEEDED = ['123456789012345678', 'user@example.com', '2024-01-15T10:30:00Z', '2024-01-20T14:25:00Z'];

/** Makes the user known whom the documentation's examples ask for. Call it when the backend has made its tables. */
export async function seedUser(databaseUrl: string): Promise<void> {
  await query(
    databaseUrl,
    'insert into users (discord_id, email, created_at, updated_at) values ($1, $2, $3, $4) on conflict do nothing',
    SEEDED,
  );
}
