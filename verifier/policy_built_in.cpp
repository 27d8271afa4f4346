#include "verifier/policy_reader.hpp"

namespace perdura::verifier {

const std::shared_ptr<const AlgorithmPolicy>& AlgorithmPolicy::built_in() {
  static const std::shared_ptr<const AlgorithmPolicy> policy = [] {
    auto file = read_policy(built_in_policy());
    check(static_cast<bool>(file), "the policy that is built in can be read");
    return std::make_shared<const AlgorithmPolicy>(std::move(file->table));
  }();
  return policy;
}

}  // namespace perdura::verifier
