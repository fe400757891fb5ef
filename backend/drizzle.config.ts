import { defineConfig } from 'drizzle-kit';

/** For `npx drizzle-kit generate` in this folder, after a change of the schema. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './database/schema.ts',
  out: './database/migrations',
  casing: 'snake_case',
});
