import { expect, it } from 'vitest';
import { MemberRoles } from './member-roles.ts';

it('MemberRoles has the difference, undefined without one, and all roles of an unknown member', () => {
  const roles = new MemberRoles();
  expect(roles.change('1', ['a'])).toEqual({ roles: ['a'] });
  expect(roles.change('1', ['a'])).toBeUndefined();
  expect(roles.change('1', ['b', 'c'])).toEqual({ added: ['b', 'c'], removed: ['a'] });
  roles.forget('1');
  expect(roles.change('1', [])).toEqual({ roles: [] });
});
