package herald.benchmarks.servers;

/**
 * How Centrifugo is set up: its outbox with notifications, clients that need no token, pings as
 * often as Herald sends them, and nothing else that would cost anything.
 */
final class CentrifugoConfiguration {
  private static final String TEXT =
      """
      {
        "http_server": {"address": "127.0.0.1", "port": %1$d},
        "log": {"level": "warn"},
        "usage_stats": {"disabled": true},
        "health": {"enabled": true},
        "shutdown": {"timeout": "2s"},
        "websocket": {"disabled": true},
        "uni_websocket": {"enabled": true},
        "client": {"insecure": true, "ping_interval": "30s", "pong_timeout": "10s"},
        "consumers": [
          {
            "enabled": true,
            "name": "bench",
            "type": "postgresql",
            "postgresql": {
              "dsn": "%2$s",
              "outbox_table_name": "%3$s",
              "num_partitions": 1,
              "partition_notification_channel": "%4$s"
            }
          }
        ]
      }
      """;

  private CentrifugoConfiguration() {}

  /**
   * The configuration file.
   *
   * @param databaseUrl with user and password
   */
  static String text(int port, String databaseUrl) {
    String escaped = databaseUrl.replace("\\", "\\\\").replace("\"", "\\\"");
    return TEXT.formatted(
        port, escaped, CentrifugoOutbox.TABLE, CentrifugoOutbox.NOTIFICATION_CHANNEL);
  }
}
