/** Enough for the owner to recognise it, for nobody else to use it: `a•••@•••.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  const domain = at < 0 ? '' : email.slice(at + 1);
  const topLevel = domain.includes('.') ? domain.slice(domain.lastIndexOf('.')) : '';
  return `${first}•••@•••${topLevel}`;
}
