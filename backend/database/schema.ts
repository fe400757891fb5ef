/* Every table; each stands in a file of its own. After a change: `npx drizzle-kit generate --name <what>` in backend/. */

export * from './tables/customers.ts';
export * from './tables/deliveries.ts';
export * from './tables/events.ts';
export * from './tables/grants.ts';
export * from './tables/jobs.ts';
export * from './tables/reversals.ts';
export * from './tables/subscriptions.ts';
export * from './tables/users.ts';
