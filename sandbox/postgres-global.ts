import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One server for a whole vitest run; a test file makes its own database with `createDatabase(inject('postgresUrl'))`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres({
    settings: { max_connections: '200', fsync: process.env.TEST_FSYNC ?? 'off' },
  });
  project.provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
