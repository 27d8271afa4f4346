// DER as a tree that can be changed and written again, also in encodings that DER forbids.
#pragma once

#include <string>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/der.hpp"

namespace perdura::verifier::test {

// How the length of an element is written.
enum class LengthForm { minimal, padded, indefinite };

// An element.
struct Node {
  Tag tag = 0;
  Bytes contents;  // when primitive
  std::vector<Node> children;
  LengthForm form = LengthForm::minimal;

  bool constructed() const { return (tag & 0x20) != 0; }
  bool operator==(const Node&) const = default;
};

// The elements of `octets`, which must be DER.
std::vector<Node> read_tree(ByteView octets);
// The element, encoded. An indefinite length takes effect on a constructed one alone.
Bytes write_tree(const Node& node);

// The places of children, from the root.
using NodePath = std::vector<std::size_t>;
std::string text_of(const NodePath& path);
// The node at `path`, which must exist.
Node& at(Node& root, const NodePath& path);

}  // namespace perdura::verifier::test
