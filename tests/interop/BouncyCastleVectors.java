import java.nio.file.Path;

final class BouncyCastleVectors {
  BouncyCastleVectors(Path folder) {}
  void makeAll() throws Exception {}
}
