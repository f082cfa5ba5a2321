/**
 * An error as an AWS service answers it: `code` is the exception's name on the wire, `message` the sentence, `fields`
 * the other members of its shape (`ResourceId`, `StatementId`). Client faults are 400 unless the shape says otherwise.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly statusCode: number;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, statusCode = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.statusCode = statusCode;
    this.fields = fields;
  }
}
