import type { ZodType, z } from 'zod';
import type { BodyOf, Header, Operation, Parameter, Parameters, RequestBody } from './contract.ts';

/*
 * Types by which generated code proves that its validators say what types.ts says. Nothing here exists at run time.
 */

/** Fails to compile for anything but `true`. */
export type Holds<Proof extends true> = Proof;

/**
 * True when two types describe the same JSON: `x?: T` and `x?: T | undefined` are equal (JSON has no undefined), an
 * intersection equals the object it makes; `any` equals only itself, so a validator that lost its type is found.
 */
export type Same<A, B> = Identical<Plain<A>, Plain<B>>;

type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

declare const anything: unique symbol;
type Plain<T> = 0 extends 1 & T
  ? typeof anything
  : unknown extends T
    ? unknown
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends Uint8Array
        ? T
        : T extends object
          ? { [Key in keyof T]: Exclude<Plain<T[Key]>, undefined> }
          : T;

/** The declared result of a recursive schema's validator: the document's type, as zod writes optional fields. */
export type Read<T> = T extends readonly (infer Item)[]
  ? Read<Item>[]
  : T extends object
    ? { [Key in keyof T]: undefined extends T[Key] ? Read<T[Key]> | undefined : Read<T[Key]> }
    : T;

type Output<S> = S extends ZodType ? z.output<S> : undefined;

type ParametersIn<P extends Parameter, In extends Parameter['in']> = {
  [X in P as X extends { in: In; required: true } ? X['name'] : never]: Output<X['schema']>;
} & {
  [X in P as X extends { in: In; required: false } ? X['name'] : never]?: Output<X['schema']>;
};
type Place<Ps, In extends string> = In extends keyof Ps ? Exclude<Ps[In], undefined> : Record<never, never>;
type SameParameters<O, Op extends Operation> = {
  [In in Parameter['in']]: Same<ParametersIn<Op['parameters'][number], In>, Place<Parameters<O>, In>>;
}[Parameter['in']];

type RequestOf<Op> = Op extends { requestBody: { required: true; schema: infer S } }
  ? Output<S>
  : Op extends { requestBody: { schema: infer S } }
    ? Output<S> | undefined
    : undefined;

type ModeOf<R, Mode extends 'strict' | 'tolerant'> = R extends { body: Record<Mode, infer S> }
  ? Output<S>
  : R extends { raw: { as: 'text' } }
    ? string
    : R extends { raw: { as: 'bytes' } }
      ? Uint8Array
      : undefined;
type HeaderOf<R> = R extends { headers: readonly (infer H extends Header)[] } ? H : never;
type HeadersIn<R> = {
  [X in HeaderOf<R> as X extends { required: true } ? X['name'] : never]: Output<X['schema']>;
} & {
  [X in HeaderOf<R> as X extends { required: false } ? X['name'] : never]?: Output<X['schema']>;
};
type NamedHeaders<R> = R extends { headers: infer H }
  ? { [K in keyof H as string extends K ? never : K]: H[K] }
  : Record<never, never>;
type SameResponses<Documented, Compiled> =
  Same<keyof Documented, keyof Compiled> extends true
    ? {
        [Status in keyof Documented & keyof Compiled]:
          | Same<ModeOf<Compiled[Status], 'strict'>, BodyOf<Documented[Status]>>
          | Same<ModeOf<Compiled[Status], 'tolerant'>, BodyOf<Documented[Status]>>
          | Same<HeadersIn<Compiled[Status]>, NamedHeaders<Documented[Status]>>;
      }[keyof Documented & keyof Compiled]
    : false;

/** True when parameters, body and responses of a compiled operation have the types of types.ts. */
export type SameOperation<O, Op extends Operation> =
  | SameParameters<O, Op>
  | Same<RequestOf<Op>, RequestBody<O>>
  | (O extends { responses: infer Documented } ? SameResponses<Documented, Op['responses']> : false);
