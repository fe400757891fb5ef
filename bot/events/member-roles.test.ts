import { expect, it } from 'vitest';
import { MemberRoles } from './member-roles.ts';

it('tells what changed, nothing when nothing did, and no diff for a member never seen', () => {
  const roles = new MemberRoles();
  expect(roles.change('1', ['a'])).toEqual({ roles: ['a'] });
  expect(roles.change('1', ['a'])).toBeUndefined();
  expect(roles.change('1', ['b', 'c'])).toEqual({ added: ['b', 'c'], removed: ['a'] });
  roles.forget('1');
  expect(roles.change('1', [])).toEqual({ roles: [] });
});
