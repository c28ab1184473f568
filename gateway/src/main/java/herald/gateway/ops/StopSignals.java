package herald.gateway.ops;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT, each time they come. A shutdown hook hears of the first only, and has the JVM
 * exit with 128 and the signal's number.
 *
 * <p>By reflection: sun.misc.Signal is the one way to hear a signal, in every JDK (module
 * jdk.unsupported), and the compiler warns of it without a way to say that it is meant.
 */
public final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /**
   * Has {@code action} called with each signal, on a thread of the JVM's. Where signals can't be
   * heard it is called when the JVM begins to shut down.
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
      LOG.warn("signals can't be heard one by one: {}", e.toString());
      Runtime.getRuntime().addShutdownHook(new Thread(action, "herald-stop"));
    }
  }
}
