#pragma once

#include "ingest/interfaces.hpp"
#include "pipeline/services/service.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace millrace::ingest {

struct remote_embedder_settings {
  /// As the service calls it.
  std::string model{};
  /// Of the vectors.
  std::size_t dimensions = 0;
  /// Whether the service is told to make vectors of so many.
  bool asks_for_dimensions = false;
  /// Texts, and estimated tokens, in one request at most.
  std::size_t batch = 64;
  std::int64_t batch_tokens = 16'384;
};

/// What vectors of the model are called: "MODEL-DIMENSIONS@1".
std::string embedder_name(const remote_embedder_settings& settings);

/// Asks a service for the vectors, in as many requests as it takes. Vectors whose number, order or
/// dimension is wrong are not taken.
class remote_embedder final : public embedder {
 public:
  remote_embedder(remote_embedder_settings settings,
                  std::shared_ptr<pipeline::remote::service> from);

  std::string name() const override { return embedder_name(settings_); }
  std::size_t dimension() const override { return settings_.dimensions; }
  embed_result embed(std::span<const std::string_view> texts, const context& at) const override;

 private:
  /// How many of the texts go into one request.
  std::size_t first_batch(std::span<const std::string_view> texts) const;

  const remote_embedder_settings settings_;
  const std::shared_ptr<pipeline::remote::service> from_;
};

/// Remote while the service is in order, local while it is not. Both make the same vectors: name
/// and dimension must be the same.
class hybrid_embedder final : public embedder {
 public:
  hybrid_embedder(std::shared_ptr<const embedder> remote, std::shared_ptr<const embedder> local);

  std::string name() const override { return remote_->name(); }
  std::size_t dimension() const override { return remote_->dimension(); }
  bool knows_meanings() const override { return remote_->knows_meanings(); }
  embed_result embed(std::span<const std::string_view> texts, const context& at) const override;

 private:
  const std::shared_ptr<const embedder> remote_;
  const std::shared_ptr<const embedder> local_;
};

}  // namespace millrace::ingest
