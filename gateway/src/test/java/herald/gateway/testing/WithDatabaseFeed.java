package herald.gateway.testing;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** A test of a class for {@link BothFeeds} that makes sense with the database as the feed alone. */
@Target(METHOD)
@Retention(RUNTIME)
@ExtendWith(WithDatabaseFeed.Condition.class)
public @interface WithDatabaseFeed {
  /** Why, in a sentence. */
  String value();

  /** Skips the test when gateways read a stream. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), WithDatabaseFeed.class)
          .filter(annotation -> TestFeed.isStream())
          .map(annotation -> ConditionEvaluationResult.disabled(annotation.value()))
          .orElse(ConditionEvaluationResult.enabled("any feed"));
    }
  }
}
