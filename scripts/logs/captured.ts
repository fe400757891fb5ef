/** The records of the test processes, one JSON object a line. */
export type Captured =
  /** A line of a log: one JSON object with allowed fields. */
  | { readonly kind: 'line'; readonly test: string; readonly from: string; readonly text: string }
  /** Output on a service's stderr: free text, and just as visible. */
  | { readonly kind: 'words'; readonly test: string; readonly from: string; readonly text: string }
  /** A credential that a caller presented. */
  | { readonly kind: 'secret'; readonly test: string; readonly value: string };
