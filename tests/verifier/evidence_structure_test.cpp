// Every field of accepted evidence records dropped, doubled, swapped with its neighbour, or
// followed by a NULL: none may pass, but where nothing protects the octets.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/verifier/der_tree.hpp"
#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/reports.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::EvidenceMaker;
using test::judge_octets;
using test::Node;
using test::text_of;

using Path = test::NodePath;
enum class Change { drop, duplicate, swap, append_null };
constexpr const char* change_names[] = {"dropped", "doubled", "swapped", "NULL appended"};

// What nothing protects. `path` leads to the changed child; the record is {version, algorithms,
// sequence}, an archive time-stamp {algorithm, tree, token}, SignedData {version, algorithms,
// content, certificates, crls, signers}. `newest` leads to the newest archive time-stamp.
bool unprotected(const Path& path, const Node& parent, Change change, const Path& newest) {
  const auto starts = [&](Path prefix) {
    return path.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
  };
  const auto below = [&](std::initializer_list<std::size_t> more) {
    Path prefix = newest;
    prefix.insert(prefix.end(), more);
    return prefix;
  };
  // An AlgorithmIdentifier with NULL means the same (RFC 5754 §2).
  const bool algorithm = !parent.children.empty() && parent.children[0].tag == tag::oid;
  if (change == Change::append_null && algorithm && parent.children.size() == 2) return true;
  // A record without its newest chain is what it was before that renewal.
  if (change == Change::drop && path.size() == 2 && path[0] == 2 && path[1] == newest[1]) {
    return true;
  }
  // The list of algorithms may say one twice, in any order.
  if (path.size() == 2 && path[0] == 1) {
    return change == Change::duplicate || change == Change::swap;
  }
  // The field repeats what the token says.
  if (path == below({0}) && change == Change::drop) return true;
  // Order in a list of hash values; and equal values may have to be taken once.
  if (starts(below({1})) && path.size() == newest.size() + 3) {
    return change == Change::duplicate || change == Change::swap;
  }
  // The newest token is open: what is not signed in it may grow.
  return starts(below({2, 1, 0, 1})) || starts(below({2, 1, 0, 3})) || starts(below({2, 1, 0, 4}));
}

class Changer {
 public:
  Changer(const EvidenceMaker& made, const TokenJudge& judge, Path newest)
      : objects_(made.objects()), judge_(judge), newest_(std::move(newest)) {
    tree_ = test::read_tree(made.record()).at(0);
  }

  void run() { visit(tree_, {}); }
  int tried() const { return tried_; }

 private:
  void visit(Node& node, const Path& path) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      Path child_path = path;
      child_path.push_back(i);
      const std::vector<Node> before = node.children;
      const auto at = static_cast<std::ptrdiff_t>(i);
      node.children.erase(node.children.begin() + at);
      judge(child_path, node, Change::drop);
      node.children = before;
      node.children.insert(node.children.begin() + at, before[i]);
      judge(child_path, node, Change::duplicate);
      node.children = before;
      if (i + 1 < before.size() && !(before[i] == before[i + 1])) {
        std::swap(node.children[i], node.children[i + 1]);
        judge(child_path, node, Change::swap);
        node.children = before;
      }
      visit(node.children[i], child_path);
    }
    if ((node.tag & 0x20) == 0) return;
    node.children.push_back({.tag = tag::null, .contents = {}, .children = {}});
    Path appended = path;
    appended.push_back(node.children.size() - 1);
    judge(appended, node, Change::append_null);
    node.children.pop_back();
  }

  void judge(const Path& path, const Node& parent, Change change) {
    ++tried_;
    Report report;
    const std::string verdict =
        judge_octets(test::write_tree(tree_), objects_, GroupProof::whole_group, judge_, &report);
    if (verdict != "PASSED") return;
    EXPECT_TRUE(unprotected(path, parent, change, newest_))
        << text_of(path) << ' ' << change_names[static_cast<int>(change)] << '\n'
        << test::text(report);
  }

  Node tree_;
  std::vector<DataObject> objects_;
  const TokenJudge& judge_;
  Path newest_;
  int tried_ = 0;
};

TEST(EvidenceStructure, NoFieldCanBeDroppedDoubledSwappedOrFollowedUnseen) {
  const Authority authority;
  const TokenJudge judge(authority.options("2050-01-01"));
  EvidenceMaker made(authority, {"statement", "bundle"});
  made.stamp_at("2030-01-01", DigestAlgorithm::sha256);
  Changer first(made, judge, {2, 0, 0});
  first.run();
  made.renew_at("2035-01-01").renew_tree_at("2040-01-01", DigestAlgorithm::sha512);
  Changer both(made, judge, {2, 1, 0});
  both.run();
  EXPECT_GT(first.tried() + both.tried(), 1000);
}

}  // namespace
}  // namespace perdura::verifier
