import type { BackendHandler } from '../context.ts';

export const getService: BackendHandler<'getService'> = ({ reply }) =>
  reply(200, { service: 'website-backend-internal', status: 'running' });
