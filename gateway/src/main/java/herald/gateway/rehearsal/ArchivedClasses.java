package herald.gateway.rehearsal;

import com.impossibl.postgres.jdbc.PGDriver;
import com.impossibl.postgres.system.ServerConnectionInfo;
import com.impossibl.postgres.system.ServerInfo;
import com.impossibl.postgres.system.Version;
import com.impossibl.postgres.types.SharedRegistry;
import com.zaxxer.hikari.HikariDataSource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.compression.CompressionOptions;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

  /** One of each jar: the drivers, the pool, Netty, and Herald itself. */
  private static final List<Class<?>> JARS =
      List.of(
          PGDriver.class,
          Driver.class,
          HikariDataSource.class,
          FastThreadLocal.class,
          ByteBuf.class,
          Channel.class,
          Socket.class,
          EpollIoHandler.class,
          IdleStateHandler.class,
          ByteToMessageDecoder.class,
          CompressionOptions.class,
          HttpServerCodec.class,
          ArchivedClasses.class);

  private ArchivedClasses() {}

  /**
   * Loads them all, and initializes none but the listener's codecs.
   *
   * @throws IOException when a jar can't be read
   */
  public static void load() throws IOException {
    makeCodecs();
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

  /**
   * The driver of the listener makes the codecs of all types when it connects for the first time,
   * with a lambda expression for most of them. An archive has those that were run.
   */
  private static void makeCodecs() {
    ServerInfo server = new ServerInfo(Version.get(15, 0, 0), "UTF8", true);
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    SharedRegistry.getFactory(false).get(new ServerConnectionInfo(server, nobody, "none"));
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
