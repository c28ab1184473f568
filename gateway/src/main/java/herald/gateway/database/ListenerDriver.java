package herald.gateway.database;

import com.impossibl.postgres.jdbc.PGDataSource;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.HostPort;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Connects by pgjdbc-ng, the driver of the listener, which must not need more than one host. */
public final class ListenerDriver {
  /** What the driver's URLs can hold; anything else it calls no suitable driver. */
  private static final Pattern URL_HOST = Pattern.compile("[a-zA-Z0-9.-]+|[0-9a-f:]+");

  private static final Pattern URL_DATABASE = Pattern.compile("[^?&/]+");

  /** What the server shows in {@code pg_stat_activity} for an instance's listener. */
  public static final String APPLICATION_NAME = "herald listener";

  private ListenerDriver() {}

  /**
   * Connects to the first host of the URL.
   *
   * <p>By a URL, all connections are served by one thread, so that what is heard on one can be
   * asked for on another without waking a thread.
   *
   * <p>By a URL wherever one can be written, since the driver then keeps what it knows of the
   * server's types for the next connection.
   *
   * @param applicationName what the server shows in {@code pg_stat_activity}
   */
  public static Connection connect(DatabaseUrl url, String applicationName) throws SQLException {
    HostPort host = url.hosts().get(0);
    Properties properties = url.listenerProperties();
    properties.setProperty("application.name", applicationName);
    properties.setProperty("protocol.io.threads", "1");
    if (URL_HOST.matcher(host.host()).matches() && URL_DATABASE.matcher(url.database()).matches()) {
      return DriverManager.getConnection(url.listenerUrl(), properties);
    }
    PGDataSource source = new PGDataSource();
    source.setServerName(host.host());
    source.setPortNumber(host.port());
    source.setDatabaseName(url.database());
    source.setApplicationName(applicationName);
    source.setUser(properties.getProperty("user"));
    @Nullable String password = properties.getProperty("password");
    if (password != null) {
      source.setPassword(password);
    }
    source.setSslMode(properties.getProperty("ssl.mode"));
    @Nullable String certificate = properties.getProperty("ssl.ca.certificate.file");
    if (certificate != null) {
      source.setSslCaCertificateFile(certificate);
    }
    @Nullable String own = properties.getProperty("ssl.certificate.file");
    if (own != null) {
      source.setSslCertificateFile(own);
      source.setSslKeyFile(properties.getProperty("ssl.key.file"));
    }
    return source.getConnection();
  }
}
