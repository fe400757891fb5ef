/** Where a text travels. */
export type Place = 'path' | 'query' | 'header' | 'response header';

/**
 * Why a text would not arrive as it is; undefined where it does.
 * @param isItem one element of a list: in a path or header the elements are joined by commas.
 */
export function unsendable(text: string, place: Place, isItem = false): string | undefined {
  if (!text.isWellFormed()) return 'has half of a surrogate pair, which UTF-8 cannot carry';
  if (place === 'path' && /^\.{0,2}$/.test(text)) return 'would be another path (RFC 3986 5.2.4)';
  if (isItem && place !== 'query' && (text === '' || text.includes(',')))
    return 'would be another list: commas stand between its elements';
  if (!place.endsWith('header')) return undefined;
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return 'has a character that a header cannot carry (RFC 9110 5.5)';
  return text.trim() === text ? undefined : 'begins or ends with a space, which HTTP takes away';
}
