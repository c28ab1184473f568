package herald.gateway.commands;

import herald.gateway.ops.Build;
import picocli.CommandLine.IVersionProvider;

/** The version that the build has written into the jar. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Build build = Build.current();
    return new String[] {
      "herald " + build.version(), "Java " + build.java() + ", " + System.getProperty("os.name")
    };
  }
}
