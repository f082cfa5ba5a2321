import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;
import java.util.concurrent.Executors;

/**
 * The Debezium engine printing each record as a line: topic, key and value, the latter two as base64 of the converter's
 * bytes (`-` for null), separated by blanks.
 * Argument: file of engine properties. Runs until it is told to end.
 */
public class PrintChanges {
  private static String encoded(String text) {
    return text == null ? "-" : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    try (FileReader reader = new FileReader(args[0])) {
      properties.load(reader);
    }
    DebeziumEngine<ChangeEvent<String, String>> engine =
        DebeziumEngine.create(Json.class)
            .using(properties)
            .notifying(
                event ->
                    System.out.println(
                        event.destination() + " " + encoded(event.key()) + " " + encoded(event.value())))
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
  }
}
