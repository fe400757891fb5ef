/** `bot-internal` as `botInternal`. */
export const camelCase = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `bot-internal` as `Bot`: the name of the service that the document describes. */
export function serviceName(name: string): string {
  const camel = camelCase(name.replace(/-internal$/, ''));
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
