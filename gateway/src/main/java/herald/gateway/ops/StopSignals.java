package herald.gateway.ops;

import herald.gateway.logging.Field;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls an action at each SIGTERM and SIGINT. A shutdown hook is called at the first one only, and
 * the JVM then exits with 128 and the signal's number.
 *
 * <p>By reflection: sun.misc.Signal, which every JDK has (module jdk.unsupported), is the only way
 * to handle a signal, and the compiler's warning about it can't be suppressed.
 */
public final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /**
   * Calls {@code action} at each signal, on a thread of the JVM. Where signals can't be handled it
   * is called when the JVM begins to shut down.
   */
  public static void onEach(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> "StopSignals";
                  });
      for (String name : new String[] {"TERM", "INT"}) {
        Object heard = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handlerType).invoke(null, heard, handler);
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      LOG.warn(
          "signals can't be handled one by one, so that a second one does not shorten a drain: {}",
          Field.of("error", e.toString()));
      Runtime.getRuntime().addShutdownHook(new Thread(action, "herald-stop"));
    }
  }
}
