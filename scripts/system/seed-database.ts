import { openDatabase } from '@moddy/backend/database/open';
import { users } from '@moddy/backend/database/schema';

/** The user of the documentation's examples. */
const SEEDED = {
  discordId: '123456789012345678',
  email: 'user@example.com',
  createdAt: new Date('2024-01-15T10:30:00Z'),
  updatedAt: new Date('2024-01-20T14:25:00Z'),
};

/** Makes an embedded database that knows the user of the documentation's examples; closed again before a service opens it. */
export async function seedDatabase(folder: string): Promise<void> {
  const database = await openDatabase({ folder });
  try {
    await database.migrate();
    await database.orm.insert(users).values(SEEDED).onConflictDoNothing();
  } finally {
    await database.close();
  }
}
