import { asc, eq, isNull } from '../../database/drizzle.ts';
import { grants, users } from '../../database/schema.ts';
import { runCommand } from '../command.ts';

const LIMIT = 1_000;

await runCommand({
  name: 'grants',
  about: 'Lists the plans that were given without a subscription and have not ended.',
  options: {},
  run: async ({ print, ...command }) => {
    const { orm: db } = command.open();
    const open = await db
      .select({ grant: grants, discordId: users.discordId })
      .from(grants)
      .innerJoin(users, eq(users.userId, grants.userId))
      .where(isNull(grants.endedAt))
      .orderBy(asc(grants.endsAt), asc(grants.grantId))
      .limit(LIMIT);
    for (const { grant, discordId } of open) {
      const { grantId, plan, endsAt, author, reason } = grant;
      print(`${grantId}: Discord user ${discordId}, ${plan} until ${endsAt.toISOString()}, by ${author}: ${reason}`);
    }
    print(open.length === LIMIT ? `Only the first ${LIMIT} are shown.` : `${open.length} grants.`);
  },
});
