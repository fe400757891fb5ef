import { describe, expect, it } from 'vitest';
import { PathTable } from './path-table.ts';

function tableOf(...templates: readonly string[]) {
  const table = new PathTable<string>();
  for (const template of templates) table.add(template, template);
  return (path: string) => {
    const found = table.find(path);
    return found && [found.value, found.parameters];
  };
}

describe('a path', () => {
  const find = tableOf('/users/{id}', '/users/me', '/users/{id}/files/{name}', '/v1.0/x', '/v1.0/{x}');

  it.each([
    ['/users/7', ['/users/{id}', { id: '7' }]],
    ['/users/me', ['/users/me', {}]],
    ['/users/%6De', ['/users/me', {}]],
    ['/users/7/files/a.txt', ['/users/{id}/files/{name}', { id: '7', name: 'a.txt' }]],
    ['/users/7/files/a%2Fb', ['/users/{id}/files/{name}', { id: '7', name: 'a/b' }]],
    ['/users/%C3%A9', ['/users/{id}', { id: 'é' }]],
    ['/users/100%25', ['/users/{id}', { id: '100%' }]],
    ['/users/%252F', ['/users/{id}', { id: '%2F' }]],
    ['/users/__proto__', ['/users/{id}', { id: '__proto__' }]],
    ['/v1.0/y', ['/v1.0/{x}', { x: 'y' }]],
  ])('%s is found', (path, found) => {
    expect(find(path)).toEqual(found);
  });
  it.each(['/users', '/users/', '/users/7/', '/users/7/files', '/v1-0/x', '/users/%', '/users/%ff', '', '*'])(
    '%s is none',
    (path) => {
      expect(find(path)).toBeUndefined();
    },
  );
});
