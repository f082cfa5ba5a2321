/** Who calls an API operation and where, as LocalStack resolved it from the request's signature. */
export interface CallContext {
  readonly region: string;
  readonly account: string;
}

/** One AWS API behind the forwarder. Errors are AwsError; anything else is an internal failure. */
export interface ApiService {
  handle(operation: string, input: Readonly<Record<string, unknown>>, context: CallContext): Promise<unknown>;
  close(): Promise<void>;
}
