package herald.gateway.rehearsal;

import com.impossibl.postgres.jdbc.PGDriver;
import com.zaxxer.hikari.HikariDataSource;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.postgresql.Driver;

/**
 * Loads classes for the archive that {@code herald archive} makes. It is made where there is no
 * database and no client, and a gateway that is left alone loads few of them itself.
 */
public final class ArchivedClasses {
  private static final String SUFFIX = ".class";

  /** One of each jar: the drivers, the pool, what answers operators, and Herald itself. */
  private static final List<Class<?>> JARS =
      List.of(
          PGDriver.class,
          Driver.class,
          HikariDataSource.class,
          HttpServerCodec.class,
          ArchivedClasses.class);

  private ArchivedClasses() {}

  /**
   * Loads them all, and initializes none.
   *
   * @throws IOException when a jar can't be read
   */
  public static void load() throws IOException {
    for (Class<?> one : JARS) {
      try (JarFile jar = new JarFile(jar(one).toFile())) {
        for (JarEntry entry : jar.stream().toList()) {
          if (isClass(entry.getName())) {
            load(entry.getName(), one);
          }
        }
      }
    }
  }

  private static Path jar(Class<?> one) throws IOException {
    try {
      return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static boolean isClass(String entry) {
    return entry.endsWith(SUFFIX) && !entry.startsWith("META-INF/") && !entry.contains("-info");
  }

  private static void load(String entry, Class<?> one) {
    String name = entry.substring(0, entry.length() - SUFFIX.length()).replace('/', '.');
    try {
      Class.forName(name, false, one.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      // It needs a library that Herald does without.
    }
  }
}
