/**
 * The names of the texts, as the code writes them: `K.send`. The build puts numbers in the
 * place of them and makes lists of the catalogues, for every visitor would download each twice.
 */
import type { Name } from "./en";

declare const mark: unique symbol;
/** A name that came through `K`: plain words would not be found in what is built. */
export type Key = string & { readonly [mark]: true };

export const K = new Proxy({} as Readonly<Record<Name, Key>>, { get: (_, name) => name });
