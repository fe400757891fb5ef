/** `/channels/:id/messages`, with `*` for any rest; without the `/api/v10` before it. */
export interface RoutePattern {
  method?: string;
  path: string;
}

export function matches(pattern: RoutePattern, method: string, path: string): boolean {
  if (pattern.method && pattern.method.toUpperCase() !== method) return false;
  const source = pattern.path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')))
    .join('/');
  return new RegExp(`^${source}$`).test(path);
}
