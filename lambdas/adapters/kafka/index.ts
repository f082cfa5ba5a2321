/** Kafka: where brokers are, a producer, and offsets, as the ports of lambdas/core/capture-ports.ts. */
export { connectionOf } from "./connection.ts";
export type { KafkaAuth, KafkaConnection } from "./connection.ts";
export { openOffsets } from "./offsets.ts";
export { createPublisher } from "./publisher.ts";
export type { ProducerSettings } from "./producer/settings.ts";
export {
  KafkaAccessError,
  KafkaConnectionError,
  KafkaDeliveryError,
  KafkaProtocolError,
  KafkaRecordTooLargeError,
  KafkaSequenceError,
} from "./errors.ts";
