import java.nio.file.Path;
import java.util.Properties;
import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

/** Runs Solr on one port over one home folder until it is stopped. Arguments: home folder, port. */
public class SolrForTests {
  public static void main(String[] arguments) throws Exception {
    JettyConfig config = JettyConfig.builder().setPort(Integer.parseInt(arguments[1])).build();
    JettySolrRunner runner = new JettySolrRunner(Path.of(arguments[0]).toString(), new Properties(), config);
    runner.start();
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
