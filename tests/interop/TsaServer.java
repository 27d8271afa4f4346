import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.bouncycastle.tsp.TimeStampRequest;

/**
 * Two time-stamp authorities of other makers on 127.0.0.1, for tests; each stops by itself.
 *
 * <pre>
 *   bouncycastle DIR --port-file F    BouncyCastle answers; its CA goes to DIR/ca.pem
 *   openssl DIR --port-file F         "openssl ts -reply" answers by DIR/tsa.cnf, and a GET yields
 *                                     what "openssl ca -gencrl" makes by DIR/ca.cnf
 * </pre>
 */
public final class TsaServer {
  private static final long LIFE_MS = 600_000;

  private TsaServer() {}

  private interface Answerer {
    byte[] answer(String method, byte[] question) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[1]).toAbsolutePath();
    Path portFile = Path.of(args[3]);
    Answerer answerer = args[0].equals("openssl")
        ? (method, question) -> openssl(folder, method, question)
        : bouncyCastle(folder);
    HttpServer server = HttpServer.create(
        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 16);
    server.createContext("/", exchange -> serve(exchange, answerer));
    server.start();
    Path draft = Path.of(portFile + ".new");
    Files.writeString(draft, server.getAddress().getPort() + "\n");
    Files.move(draft, portFile, StandardCopyOption.ATOMIC_MOVE);
    Thread.sleep(LIFE_MS);
    System.exit(0);
  }

  private static synchronized void serve(HttpExchange exchange, Answerer answerer)
      throws IOException {
    byte[] body;
    int status = 200;
    try {
      body = answerer.answer(exchange.getRequestMethod(), exchange.getRequestBody().readAllBytes());
    } catch (Exception failed) {
      failed.printStackTrace();
      body = failed.toString().getBytes();
      status = 500;
    }
    exchange.getResponseHeaders().set("Content-Type",
        exchange.getRequestMethod().equals("GET")
            ? "application/pkix-crl" : "application/timestamp-reply");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Answerer bouncyCastle(Path folder) throws Exception {
    BouncyCastleTsa tsa = new BouncyCastleTsa("BouncyCastle test CA", "BouncyCastle test TSA",
        "2024-01-01T00:00:00Z", "2090-01-01T00:00:00Z");
    BouncyCastleMaker.writePem(Files.createDirectories(folder).resolve("ca.pem"), tsa.ca());
    return (method, question) -> tsa.stamp(new TimeStampRequest(question),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()).getEncoded();
  }

  private static byte[] openssl(Path folder, String method, byte[] question) throws Exception {
    Path answer = folder.resolve("answer");
    if (method.equals("GET")) {
      run(folder, "openssl", "ca", "-gencrl", "-config", "ca.cnf", "-out", "crl.pem");
      run(folder, "openssl", "crl", "-in", "crl.pem", "-outform", "DER", "-out", "answer");
    } else {
      Files.write(folder.resolve("question"), question);
      run(folder, "openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "question",
          "-out", "answer");
    }
    return Files.readAllBytes(answer);
  }

  private static void run(Path folder, String... command) throws Exception {
    int code = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
    if (code != 0) throw new IOException(String.join(" ", command) + " exits " + code);
  }
}
