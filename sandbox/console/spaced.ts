/** `plan_upgraded` → `plan upgraded`. */
export const spaced = (name: string): string => name.replaceAll('_', ' ');

/** `moddy_max` → `Moddy Max`: plans are named as their products are. */
export const planName = (plan: string): string => spaced(plan).replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
