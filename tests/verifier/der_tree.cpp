#include "tests/verifier/der_tree.hpp"

#include "verifier/result.hpp"

namespace perdura::verifier::test {

std::vector<Node> read_tree(ByteView octets) {
  std::vector<Node> nodes;
  DerInput input(octets);
  DerReader in = input.reader();
  while (in.more()) {
    const ByteView whole = in.any();
    DerInput inner(whole);
    Node node{.tag = whole[0], .contents = {}, .children = {}};
    if (node.constructed()) {
      node.children = read_tree(inner.reader().constructed(whole[0]).contents());
    } else {
      node.contents = to_bytes(inner.reader().primitive(whole[0]));
    }
    nodes.push_back(std::move(node));
  }
  check(!input.failed(), "the test's input is DER");
  return nodes;
}

Bytes write_tree(const Node& node) {
  Bytes contents = node.contents;
  for (const Node& child : node.children) {
    const Bytes encoded = write_tree(child);
    contents.insert(contents.end(), encoded.begin(), encoded.end());
  }
  Bytes out;
  if (node.form == LengthForm::indefinite && node.constructed()) {
    out = {node.tag, 0x80};
    contents.insert(contents.end(), {0, 0});
  } else if (node.form == LengthForm::padded) {
    out = {node.tag, 0x84};
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<std::uint8_t>(contents.size() >> shift));
    }
  } else {
    out = der_header(node.tag, contents.size());
  }
  out.insert(out.end(), contents.begin(), contents.end());
  return out;
}

std::string text_of(const NodePath& path) {
  std::string text;
  for (const std::size_t step : path) text.append("/").append(std::to_string(step));
  return text;
}

Node& at(Node& root, const NodePath& path) {
  Node* node = &root;
  for (const std::size_t step : path) node = &node->children.at(step);
  return *node;
}

}  // namespace perdura::verifier::test
