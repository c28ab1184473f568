package herald.gateway.testing;

import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests of what must not depend on the feed: {@code ./mvnw verify -Pnats} runs them with relays and
 * a stream, and every build with the database's notifications.
 */
@Target(TYPE)
@Retention(RUNTIME)
@Tag("both-feeds")
public @interface BothFeeds {}
