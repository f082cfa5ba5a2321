import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.FileReader;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The Debezium engine writing JSON to Kafka: the peer of the capture benches.
 * Arguments: file of engine properties, bootstrap servers, topic, number of records.
 * Prints the seconds from the first record to the acknowledgement of the last.
 */
public class CapturePeer {
  public static void main(String[] args) throws Exception {
    Properties engineProperties = new Properties();
    try (FileReader reader = new FileReader(args[0])) {
      engineProperties.load(reader);
    }
    String topic = args[2];
    long wanted = Long.parseLong(args[3]);
    Properties producerProperties = new Properties();
    producerProperties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, args[1]);
    producerProperties.put(ProducerConfig.ACKS_CONFIG, "all");
    producerProperties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
    producerProperties.put(ProducerConfig.BATCH_SIZE_CONFIG, String.valueOf(256 * 1024));
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(producerProperties, new StringSerializer(), new StringSerializer());
    AtomicLong started = new AtomicLong();
    AtomicLong acknowledged = new AtomicLong();
    CountDownLatch done = new CountDownLatch(1);

    DebeziumEngine<ChangeEvent<String, String>> engine =
        DebeziumEngine.create(Json.class)
            .using(engineProperties)
            .notifying(
                (List<ChangeEvent<String, String>> events,
                    DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer) -> {
                  started.compareAndSet(0, System.nanoTime());
                  for (ChangeEvent<String, String> event : events) {
                    producer.send(
                        new ProducerRecord<>(topic, event.key(), event.value()),
                        (metadata, error) -> {
                          if (error != null) {
                            error.printStackTrace();
                            System.exit(1);
                          }
                          if (acknowledged.incrementAndGet() == wanted) done.countDown();
                        });
                    committer.markProcessed(event);
                  }
                  committer.markBatchFinished();
                })
            .using(
                (success, message, error) -> {
                  if (!success) {
                    System.err.println(message);
                    if (error != null) error.printStackTrace();
                    System.exit(1);
                  }
                })
            .build();
    Executors.newSingleThreadExecutor().execute(engine);
    done.await();
    double seconds = (System.nanoTime() - started.get()) / 1e9;
    System.out.println(seconds);
    System.out.flush();
    engine.close();
    producer.close();
    System.exit(0);
  }
}
