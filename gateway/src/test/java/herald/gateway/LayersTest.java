package herald.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The layers that the design names. */
class LayersTest {
  private static final int LONGEST_MAIN_LINES = 150;

  private static final JavaClasses HERALD =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("herald");

  @Test
  void connectionsDoNotKnowTheFeed() {
    noClasses()
        .that()
        .resideInAPackage("herald.gateway.connection..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("herald.gateway.feed..", "herald.gateway.database..", "java.sql..")
        .check(HERALD);
  }

  @Test
  void theFeedDoesNotKnowConnections() {
    noClasses()
        .that()
        .resideInAPackage("herald.gateway.feed..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("herald.gateway.connection..")
        .check(HERALD);
  }

  @Test
  void theFanOutKnowsNeitherFeedNorSockets() {
    noClasses()
        .that()
        .resideInAPackage("herald.gateway.fanout..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "herald.gateway.feed..",
            "herald.gateway.connection..",
            "io.netty.channel..",
            "java.sql..")
        .check(HERALD);
  }

  /** What the dispatch lock guards is reached through the dispatcher alone. */
  @Test
  void theFanOutShowsWhatFeedAndConnectionsNeedAndNoMore() {
    assertThat(HERALD)
        .filteredOn(type -> type.getPackageName().equals("herald.gateway.fanout"))
        .filteredOn(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .filteredOn(type -> !type.isNestedClass())
        .extracting(JavaClass::getSimpleName)
        .containsExactlyInAnyOrder(
            "Audience",
            "CommitPlace",
            "ConnectionPast",
            "Cursor",
            "CursorOwner",
            "Dispatcher",
            "Event",
            "FeedTarget",
            "Gap",
            "KnownEvents",
            "MemoryLimits",
            "OpenPosition",
            "PeerChange",
            "PositionChange",
            "PositionJournal",
            "Replay",
            "ReplayMemory",
            "ReplayOrigin",
            "ReplayRequest",
            "ReplaySource",
            "RowOrder",
            "Subscriber",
            "UserPlaces");
  }

  @Test
  void admissionKnowsNeitherSocketsNorDatabase() {
    noClasses()
        .that()
        .resideInAPackage("herald.gateway.admission..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "herald.gateway.connection..",
            "herald.gateway.feed..",
            "herald.gateway.fanout..",
            "herald.gateway.auth..",
            "io.netty.channel..",
            "java.sql..")
        .check(HERALD);
  }

  @Test
  void nothingKnowsTheDemo() {
    noClasses()
        .that()
        .resideInAnyPackage("herald.gateway..", "herald.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("herald.demo..")
        .check(HERALD);
  }

  @Test
  void theDemoKnowsTheGatewayAsAProcessAlone() {
    noClasses()
        .that()
        .resideInAPackage("herald.demo..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("herald.gateway..")
        .check(HERALD);
  }

  @Test
  void theTailKnowsTheGatewayByItsWireAlone() {
    noClasses()
        .that()
        .resideInAPackage("herald.gateway.tail..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("herald.gateway..")
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAPackage("herald.gateway.tail.."))))
        .check(HERALD);
  }

  @Test
  void theProtocolKnowsNeitherServerNorDatabase() {
    noClasses()
        .that()
        .resideInAPackage("herald.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "herald.gateway..", "io.netty..", "java.sql..", "javax.sql..", "org.postgresql..")
        .check(HERALD);
  }

  @Test
  void operationsKnowNeitherFeedNorConnections() {
    noClasses()
        .that()
        .resideInAPackage("herald.gateway.ops..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("herald.gateway.feed..", "herald.gateway.connection..")
        .check(HERALD);
  }

  @Test
  void everyPackageIsNullMarked() {
    ArchCondition<JavaClass> beNullMarked =
        new ArchCondition<>("be in a package that is marked with @NullMarked") {
          @Override
          public void check(JavaClass item, ConditionEvents events) {
            events.add(
                new SimpleConditionEvent(
                    item,
                    item.getPackage().isAnnotatedWith(NullMarked.class),
                    item.getName() + " is in a package without @NullMarked"));
          }
        };
    classes().should(beNullMarked).check(HERALD);
  }

  @Test
  void thereIsNoMutableStaticState() {
    fields()
        .that()
        .areStatic()
        .and(DescribedPredicate.describe("are written by people", f -> !f.getName().contains("$")))
        .should()
        .beFinal()
        .check(HERALD);
  }

  @Test
  void mainOnlyWires() throws Exception {
    for (String name : new String[] {"Main", "Gateway"}) {
      Path source = Path.of("src/main/java/herald/gateway", name + ".java");
      long lines = Files.readAllLines(source).size();
      assertThat(lines).as(name).isLessThan(name.equals("Main") ? LONGEST_MAIN_LINES : 250);
    }
  }
}
