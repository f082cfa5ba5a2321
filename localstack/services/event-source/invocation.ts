/** One attempt at a function, as the delivery needs to tell them apart. */
export type Invocation =
  | { readonly kind: "succeeded"; readonly requestId: string; readonly version: string; readonly payload: string }
  /** The function itself failed: counts as an attempt. */
  | {
      readonly kind: "failed";
      readonly requestId: string;
      readonly version: string;
      readonly functionError: string;
      readonly payload: string;
    }
  /** It was not run: throttled, not there, not reachable. Asked again without counting. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** Invokes the mapping's function and waits for its answer. Aborting leaves the outcome unknown. */
export type Invoke = (payload: string, signal: AbortSignal) => Promise<Invocation>;
