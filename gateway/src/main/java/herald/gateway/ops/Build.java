package herald.gateway.ops;

/**
 * The build that is running.
 *
 * @param version as the build has written it into the jar
 * @param java the JVM's version
 */
public record Build(String version, String java) {

  /** The build of this process. */
  public static Build current() {
    String version = Build.class.getPackage().getImplementationVersion();
    return new Build(version == null ? "(not packaged)" : version, Runtime.version().toString());
  }
}
