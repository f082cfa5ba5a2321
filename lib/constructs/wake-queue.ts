import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface WakeQueueProps {
  /** Delivery delay: a slot's messages arrive once the slot is over, so that no wake-up is lost to deduplication. */
  readonly slotSeconds: number;
  /** Timeout of the function that is woken. */
  readonly consumerTimeoutSeconds: number;
}

const RECEIVES = 10;

/** Wakes the next stage up: FIFO, one group per table, so that one run per table is under way. Carries no data. */
export class WakeQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WakeQueueProps) {
    super(scope, id);
    const common = { fifo: true, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetters = new Queue(this, "DeadLetters", { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, "Queue", {
      ...common,
      deliveryDelay: Duration.seconds(props.slotSeconds),
      // Longer than a run, else a table's next run would start beside it; not much longer, since a failed run's group
      // waits for it.
      visibilityTimeout: Duration.seconds(props.consumerTimeoutSeconds + 30),
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECEIVES },
    });
  }

  /**
   * Lets the function be woken by this queue.
   * @param concurrency runs at the same time, at least 2; of one group there is never more than one
   */
  wake(target: IFunction, concurrency: number): void {
    target.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 1, maxConcurrency: concurrency, reportBatchItemFailures: true }),
    );
  }
}
