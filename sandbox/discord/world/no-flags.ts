/** A bit field with nothing set. Typed as a number, since the vendor's enums list the single bits only. */
export const NO_FLAGS: number = 0;
