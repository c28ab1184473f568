package herald.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import herald.gateway.deploy.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/asyncapi.yaml} is what the schemas of the AsyncAPI initiative say it has to be. */
final class AsyncApiDocumentIT {
  private static final String SPECIFICATIONS = "@asyncapi/specs@6.11.1";
  private static final String ARCHIVE = "asyncapi-specs-6.11.1.tgz";
  private static final String SCHEMA = "package/schemas/3.0.0.json";

  @TempDir private Path folder;
  private Schema schema;

  @BeforeEach
  void fetchTheSchema() throws Exception {
    Tool npm = Tool.orSkip("npm", "npm");
    Tool tar = Tool.orSkip("tar", "tar");
    npm.runOrSkip("pack", "--silent", "--pack-destination", folder, SPECIFICATIONS);
    tar.run("-xzf", folder.resolve(ARCHIVE), "-C", folder, SCHEMA);
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    schema = registry.getSchema(Files.readString(folder.resolve(SCHEMA)), InputFormat.JSON);
  }

  @Test
  void theDocumentIsOneOfAsyncApi() {
    assertThat(schema.validate(AsyncApiDocument.json(), InputFormat.JSON)).isEmpty();
  }

  @Test
  void anotherIsNot() {
    String other = AsyncApiDocument.json().replace("\"action\":\"send\"", "\"action\":\"push\"");
    assertThat(schema.validate(other, InputFormat.JSON)).isNotEmpty();
  }
}
